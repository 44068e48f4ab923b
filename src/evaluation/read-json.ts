import { z } from "zod";
import { readText } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { parseJsonText } from "../formats/json-text.ts";

/** Annotations of whole data sets. */
const MOST_BYTES = 2 ** 29;

/** The content of a JSON file as a schema has it; an `InputError` or `FormatError` names the file and what is wrong. */
export async function readJson<S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S>> {
  const text = await readText(path, MOST_BYTES);
  if (text === undefined) throw new InputError(`${path}: there is no such file`);
  return checkJson(schema, parseJsonText(text, path), path);
}

/** A value of a JSON file as a schema has it; a `FormatError` names the file and what is wrong. */
export function checkJson<S extends z.ZodType>(schema: S, value: unknown, path: string): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new FormatError(path, z.prettifyError(parsed.error).replaceAll("\n", " "));
  return parsed.data;
}
