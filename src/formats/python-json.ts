import { FormatError } from "../core/errors.ts";
import { endOfString, parseJson } from "./parse-json.ts";

/** A marker that does not occur in real strings. */
const NAN = "\u0000NaN";

/**
 * Parses JSON as Python's `json` module writes it, with bare `Infinity`, `-Infinity` and `NaN`. `name` is the file, for
 * the `FormatError` that anything else gives.
 */
export function parsePythonJson(name: string, text: string): unknown {
  try {
    return parseJson(withoutBareWords(text), (_key, value) => (value === NAN ? Number.NaN : value));
  } catch (cause) {
    throw new FormatError(name, "not valid JSON", { cause });
  }
}

function withoutBareWords(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const outside = quote < 0 ? text.slice(at) : text.slice(at, quote);
    parts.push(outside.replaceAll("Infinity", "1e999").replaceAll("NaN", JSON.stringify(NAN)));
    if (quote < 0) break;
    at = endOfString(text, quote) + 1;
    parts.push(text.slice(quote, at));
  }
  return parts.join("");
}
