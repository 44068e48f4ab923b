import { FormatError } from "../core/errors.ts";
import { endOfString, parseJson } from "./parse-json.ts";

/** The value of a JSON text; a `FormatError` names the file and the line at which it stops being JSON. */
export function parseJsonText(text: string, path: string): unknown {
  const json = text.replace(/^\uFEFF/, "");
  try {
    return parseJson(json);
  } catch (cause) {
    const line = json.slice(0, syntaxError(json)).split("\n").length;
    const problem = (cause as Error).message.replaceAll(/\s+/g, " ");
    throw new FormatError(path, `line ${line}: not JSON (${problem})`, { cause });
  }
}

const SCALAR = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null`;

/** What must come next, unless what is open may close. */
type Expected = "value" | "key" | "colon" | "comma" | "end";

/** Where a text stops being JSON: engines do not agree on whether their errors say it. */
function syntaxError(text: string): number {
  const token = new RegExp(String.raw`\s*(?:(")|(${SCALAR})|([{}[\],:]))`, "y");
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let mayClose = false;
  for (let position = 0; ; position = token.lastIndex) {
    token.lastIndex = position;
    const [, quote, scalar, mark] = token.exec(text) ?? [];
    const string = quote !== undefined && isString(text, token.lastIndex - 1);
    if (string) token.lastIndex = endOfString(text, token.lastIndex - 1) + 1;
    const closes = mark === (open.at(-1) === "{" ? "}" : "]") && open.length > 0 && (mayClose || expected === "comma");
    const opens = expected === "value" && (mark === "{" || mark === "[");
    mayClose = opens;
    if (opens) {
      open.push(mark);
      expected = mark === "{" ? "key" : "value";
    } else if (closes) {
      open.pop();
      expected = open.length === 0 ? "end" : "comma";
    } else if (expected === "key" && string) expected = "colon";
    else if (expected === "colon" && mark === ":") expected = "value";
    else if (expected === "comma" && mark === ",") expected = open.at(-1) === "{" ? "key" : "value";
    else if (expected === "value" && (string || scalar !== undefined)) expected = open.length === 0 ? "end" : "comma";
    else return position + /^\s*/.exec(text.slice(position))![0].length;
  }
}

/** Whether the string that begins at a quote is whole and without what no string may hold. */
function isString(text: string, start: number): boolean {
  const end = endOfString(text, start);
  if (end >= text.length) return false;
  for (let at = start + 1; at < end; at++) {
    if (text[at]! < " ") return false;
    if (text[at] !== "\\") continue;
    if (!/^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(text.slice(at + 1, at + 6))) return false;
    at++;
  }
  return true;
}
