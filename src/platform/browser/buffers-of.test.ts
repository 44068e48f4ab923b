import { expect, test } from "vitest";
import { buffersOf } from "./buffers-of.ts";

test("every buffer that a value alone holds is found, once, and parts of larger ones are not", () => {
  const [a, b, part] = [new Float32Array(4), new Uint8Array(3), new Uint8Array(8).subarray(2)];
  const value = { maps: [a, { again: a, b }], part, none: undefined, text: "x", when: new Date(), known: new Map() };
  expect(new Set(buffersOf(value))).toEqual(new Set([a.buffer, b.buffer]));
  expect(buffersOf(value).length).toBe(2);
});
