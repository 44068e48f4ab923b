import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesInMemory } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { readJsonArray } from "./json-array.ts";

async function entries(bytes: Uint8Array | string): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const entry of readJsonArray(bytesInMemory("a.jgz", new Uint8Array(Buffer.from(bytes)))))
    found.push(entry);
  return found;
}

test("whatever the objects: they come one by one, compressed or not, indented or not", async () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(fc.array(object), fc.boolean(), async (objects, indented) => {
      const text = JSON.stringify(objects, undefined, indented ? 2 : 0);
      const expected = JSON.parse(text);
      expect(await entries(text)).toEqual(expected);
      expect(await entries(gzipSync(text))).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test("more than a chunk of it, with the numbers that only Python writes", async () => {
  const text = `[${Array.from({ length: 20000 }, (_, i) => `{"name": "${"x".repeat(60)}", "value": ${i % 2 ? "NaN" : i}}`).join(", ")}]`;
  const found = (await entries(gzipSync(text))) as { value: number }[];
  expect(found.map(({ value }) => value)).toEqual(found.map((_, i) => (i % 2 ? Number.NaN : i)));
});

test.each([
  ["cut off between entries", '[{"a": 1}, ', "it is cut off"],
  ["cut off in an entry", '[{"a": 1}, {"b"', "it is cut off"],
  [
    "cut off in the compressed content",
    gzipSync('[{"a": 1}]').subarray(0, 20),
    "compressed content is damaged or cut off",
  ],
  ["an object", '{"a": 1}', "expected a list"],
  ["nothing", "", "no JSON list of objects"],
  ["no JSON", "[{a: 1}]", "not valid JSON"],
])("%s is an error that names the file", async (_, bytes, message) => {
  const error = await entries(bytes).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FormatError);
  expect((error as Error).message).toMatch(/^a\.jgz: /);
  expect((error as Error).message).toContain(message);
});
