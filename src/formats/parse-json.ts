/** Data that people and programs write is far below it; walking a value, checking or printing it takes a call a level. */
const MOST_DEPTH = 100;

/** As `JSON.parse`, whose `SyntaxError` it also throws for lists and objects that lie more than 100 deep in each other. */
export function parseJson(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') at = endOfString(text, at);
    else if (mark === "]" || mark === "}") depth--;
    else if ((mark === "[" || mark === "{") && ++depth > MOST_DEPTH) {
      throw new SyntaxError(`more than ${MOST_DEPTH} lists and objects in each other at position ${at}`);
    }
  }
  return JSON.parse(text, reviver);
}

/**
 * Where the quote is that closes the string opened by the one at `start`; beyond the text where none does. (A regular
 * expression that knows escapes runs out of stack in long strings.)
 */
export function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
