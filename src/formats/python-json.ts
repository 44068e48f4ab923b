import { FormatError } from "../core/errors.ts";

/** Cannot be the value of a string that a person wrote. */
const NAN = "\u0000NaN";

/**
 * Parses JSON as Python's `json` module writes it, with bare `Infinity`, `-Infinity` and `NaN`. `name` is the file, for
 * the `FormatError` that anything else gives.
 */
export function parsePythonJson(name: string, text: string): unknown {
  const standard = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|Infinity|NaN/g, (token) => {
    if (token === "Infinity") return "1e999";
    return token === "NaN" ? JSON.stringify(NAN) : token;
  });
  try {
    return JSON.parse(standard, (_key, value) => (value === NAN ? Number.NaN : value));
  } catch (cause) {
    throw new FormatError(name, "not valid JSON", { cause });
  }
}
