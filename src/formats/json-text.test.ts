import { expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { parseJsonText } from "./json-text.ts";

test("JSON is read, with a byte order mark too", () => {
  expect(parseJsonText('\uFEFF{"a": [1, 2]}', "a.json")).toEqual({ a: [1, 2] });
});

test.each([
  ['{\n "a": 1,\n "b": }', 3],
  ["[1,\n2", 2],
  ["", 1],
  ["[\n1,\n]\n", 3],
  ['{"a": [{}, []],\n\n"b" 2}', 3],
  ['{"a": 1}\n}', 2],
  ["{\n'a': 1}", 2],
  ['{"a": "line\nbreak"}', 1],
  ["[01]", 1],
])("%j: line %i is named", (text, line) => {
  expect(() => parseJsonText(text, "a.json")).toThrow(FormatError);
  expect(() => parseJsonText(text, "a.json")).toThrow(`a.json: line ${line}: not JSON`);
});

test("a text is cut anywhere: the error is at its end", () => {
  const text = JSON.stringify({ a: [1.5e-3, true, null, { b: "x\\u0041\\n" }], c: {} }, null, 1);
  for (let length = 1; length < text.length; length++) {
    const cut = text.slice(0, length);
    const line = cut.split("\n").length;
    expect(messageOf(() => parseJsonText(cut, "a.json"))).toContain(`a.json: line ${line}: `);
  }
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}
