import { FormatError } from "../core/errors.ts";

/** The value of a JSON text; a `FormatError` names the file and the line at which it stops being JSON. */
export function parseJsonText(text: string, path: string): unknown {
  const json = text.replace(/^\uFEFF/, "");
  try {
    return JSON.parse(json);
  } catch (cause) {
    const line = json.slice(0, syntaxError(json)).split("\n").length;
    throw new FormatError(path, `line ${line}: not JSON (${(cause as Error).message.replaceAll(/\s+/g, " ")})`, {
      cause,
    });
  }
}

const STRING = String.raw`"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`;
const SCALAR = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null`;

/** What must come next, unless what is open may close. */
type Expected = "value" | "key" | "colon" | "comma" | "end";

/** Where a text stops being JSON: engines do not agree on whether their errors say it. */
function syntaxError(text: string): number {
  const token = new RegExp(String.raw`\s*(?:(${STRING})|(${SCALAR})|([{}[\],:]))`, "y");
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let mayClose = false;
  for (let position = 0; ; position = token.lastIndex) {
    token.lastIndex = position;
    const [, string, scalar, mark] = token.exec(text) ?? [];
    const closes = mark === (open.at(-1) === "{" ? "}" : "]") && open.length > 0 && (mayClose || expected === "comma");
    const opens = expected === "value" && (mark === "{" || mark === "[");
    mayClose = opens;
    if (opens) {
      open.push(mark);
      expected = mark === "{" ? "key" : "value";
    } else if (closes) {
      open.pop();
      expected = open.length === 0 ? "end" : "comma";
    } else if (expected === "key" && string !== undefined) expected = "colon";
    else if (expected === "colon" && mark === ":") expected = "value";
    else if (expected === "comma" && mark === ",") expected = open.at(-1) === "{" ? "key" : "value";
    else if (expected === "value" && (string ?? scalar) !== undefined) expected = open.length === 0 ? "end" : "comma";
    else return position + /^\s*/.exec(text.slice(position))![0].length;
  }
}
