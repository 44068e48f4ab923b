import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { decodeNpyTable } from "./npy-table.ts";
import { encodeNpy } from "./npy-writer.ts";
import { openNpz } from "./npz.ts";

/** The bytes of a structured array, laid out by hand as NumPy's format description has it. */
function recordFile(descr: string, rows: number, body: readonly number[]): Uint8Array {
  const text = `{'descr': ${descr}, 'fortran_order': False, 'shape': (${rows},), }`.padEnd(244, " ");
  const header = `\x93NUMPY\x01\x00\xf5\x00${text}\n`;
  return Uint8Array.from([...Array.from(header, (character) => character.charCodeAt(0)), ...body]);
}

const PAIR = "[('scene', '|S1'), ('seq', '<u8'), ('im', '>i2'), ('', '|V1'), ('score', '<f4')]";
const ROWS = [
  [65, 1, 0, 0, 0, 0, 0, 0, 128, 0, 7, 0, 0, 0, 128, 63],
  [66, 2, 0, 0, 0, 0, 0, 0, 0, 255, 254, 0, 0, 0, 0, 191],
];

test("records become columns, whatever their types and byte order; padding is left out", () => {
  const { rows, columns } = decodeNpyTable(recordFile(PAIR, 2, ROWS.flat()), "pairs.npy", []);
  expect(rows).toBe(2);
  expect([...columns]).toEqual([
    ["scene", ["A", "B"]],
    ["seq", BigUint64Array.of((1n << 63n) + 1n, 2n)],
    ["im", Int16Array.of(7, -2)],
    ["score", Float32Array.of(1, -0.5)],
  ]);
});

test("NumPy's own records are read", async () => {
  const recorded = readFileSync(resolve(import.meta.dirname, "../../test/fixtures/arrays.npz"));
  const { rows, columns } = (await openNpz(recorded, "arrays.npz")).readTable("rec", []);
  expect(rows).toBe(columns.get("a")!.length);
});

test("the rows of a plain array are records too", () => {
  const plain = encodeNpy([2, 3], Int32Array.of(1, 2, 3, 4, 5, 6));
  const { rows, columns } = decodeNpyTable(plain, "pairs.npy", ["im1", "im2"]);
  expect(rows).toBe(2);
  expect([...columns]).toEqual([
    ["im1", Int32Array.of(1, 4)],
    ["im2", Int32Array.of(2, 5)],
  ]);
});

test.each([
  [recordFile(PAIR, 2, ROWS.flat().slice(1)), /2 records take 32 bytes, found 31/],
  [recordFile("[('a', '<i4', (3,))]", 1, []), /field a is an array/],
  [recordFile("[('a', '|O')]", 1, []), /NumPy's type O/],
  [recordFile("[]", 1, []), /expected a list of records/],
  [encodeNpy([3], Int32Array.of(1, 2, 3)), /expected rows of im1, found an array \[3\]/],
  [new Uint8Array(40), /not a NumPy file/],
])("anything else is refused by name (%#)", (bytes, message) => {
  expect(() => decodeNpyTable(bytes, "pairs.npy", ["im1"])).toThrow(FormatError);
  expect(() => decodeNpyTable(bytes, "pairs.npy", ["im1"])).toThrow(message);
  expect(() => decodeNpyTable(bytes, "pairs.npy", ["im1"])).toThrow("pairs.npy");
});
