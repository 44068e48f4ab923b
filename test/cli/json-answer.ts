import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { z } from "zod";
import { JSON_ANSWERS } from "../../src/cli/json-answers.ts";

const SCHEMAS = join(import.meta.dirname, "../../schemas");

/** What a command printed with `--json` is what its published schema says. */
export function expectPublishedAnswer(args: readonly string[], stdout: string): void {
  const named = (words: number) =>
    JSON_ANSWERS.find(({ commands }) => commands.includes(args.slice(0, words).join(" ")));
  const answer = named(2) ?? named(1);
  expect(answer, `${args.join(" ")} has a schema`).toBeDefined();
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(SCHEMAS, `${answer!.name}.schema.json`), "utf8")));
  const { error } = schema.safeParse(JSON.parse(stdout));
  expect(error && z.prettifyError(error), `what ${args.slice(0, 2).join(" ")} prints`).toBeUndefined();
}
