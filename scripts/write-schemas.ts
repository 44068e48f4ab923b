/** Writes `schemas/`: the JSON that the program prints and the files that it writes and reads, as JSON Schema. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { JSON_ANSWERS } from "../src/cli/json-answers.ts";
import { pairsMetadataSchema } from "../src/inference/pairs-file/pairs-metadata.ts";
import { POSED_PHOTOS_JSON } from "../src/scene-file/scene-schema.ts";

const FOLDER = join(import.meta.dirname, "../schemas");

/** The content of every file in `schemas/`, by name. */
export function schemaFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const add = (name: string, schema: z.ZodType, io: "input" | "output") => {
    files.set(`${name}.schema.json`, `${JSON.stringify(z.toJSONSchema(schema, { io }), null, 2)}\n`);
  };
  for (const { name, commands, schema } of JSON_ANSWERS) {
    const title = `dust3r ${commands.join(" | ")} --json`;
    add(name, schema.meta({ ...schema.meta(), title }), "output");
  }
  // Files of other programs may hold more than is read.
  add("posed-photos", POSED_PHOTOS_JSON, "input");
  add("pairs-metadata", pairsMetadataSchema(), "input");
  return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER);
  for (const [name, text] of schemaFiles()) writeFileSync(join(FOLDER, name), text);
}
