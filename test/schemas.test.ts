import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { schemaFiles } from "../scripts/write-schemas.ts";

const FOLDER = join(import.meta.dirname, "../schemas");

test("schemas/ is what `npm run schemas` writes", () => {
  const files = schemaFiles();
  expect(readdirSync(FOLDER).sort()).toEqual([...files.keys()].sort());
  for (const [name, text] of files) expect(readFileSync(join(FOLDER, name), "utf8"), name).toBe(text);
});

test("every field is in snake_case", () => {
  for (const [name, text] of schemaFiles()) {
    for (const field of fieldsOf(JSON.parse(text))) expect(field, name).toMatch(/^([a-z][a-z0-9_]*|K)$/);
  }
});

function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === "properties" ? Object.keys(value) : []),
    ...fieldsOf(value),
  ]);
}
