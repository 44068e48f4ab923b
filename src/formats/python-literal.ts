import { FormatError } from "../core/errors.ts";
import { parseJson } from "./parse-json.ts";

/** A constructor call with literal keyword arguments: what it would build, without building it. */
export interface ConstructorCall {
  readonly name: string;
  /** Tuples and lists are arrays, `None` is null. */
  readonly keywords: Readonly<Record<string, unknown>>;
}

/** JSON has no infinity, but its numbers may overflow to it. */
const JSON_WORDS: Readonly<Record<string, string>> = { True: "true", False: "false", None: "null", inf: "1e999" };
const TOKEN = /'([^'\\\n]*)'|"([^"\\\n]*)"|float\((['"])(-?)inf\3\)|([A-Za-z_]\w*)\s*(=)?|,\s*(?=[)\]]|$)|[()]/g;

/**
 * Parses a string such as `Net(img_size=(512, 512), depth_mode=('exp', -inf, inf), head_type='dpt')`, as training
 * scripts keep in their checkpoints. It is rewritten as JSON, never evaluated: what is not a literal (strings without
 * escapes, numbers, True, False, None, inf, tuples, lists) gives a `FormatError` that names `file`.
 */
export function parseConstructorCall(file: string, text: string): ConstructorCall {
  const [, name = "", body = ""] = /^\s*(\w+)\((.*)\)\s*$/s.exec(text) ?? [];
  const json = body.replace(TOKEN, (token, single, double, _quote, minus, word, equals) => {
    if (single !== undefined || double !== undefined) return JSON.stringify(single ?? double);
    if (minus !== undefined) return `${minus}1e999`;
    if (word !== undefined) return equals === "=" ? `"${word}":` : (JSON_WORDS[word] ?? word);
    if (token === "(") return "[";
    return token === ")" ? "]" : "";
  });
  try {
    if (name === "") throw new SyntaxError("not a call");
    return { name, keywords: parseJson(`{${json}}`) as Record<string, unknown> };
  } catch (cause) {
    throw new FormatError(file, `cannot understand its model description: ${text.slice(0, 300)}`, { cause });
  }
}
