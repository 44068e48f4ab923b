import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { unzipSync, zipSync } from "fflate";
import { expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { decodeNpy } from "./npy.ts";
import { encodeNpy } from "./npy-writer.ts";
import { encodeNpz, openNpz } from "./npz.ts";
import type { NumericArray } from "./tensor-entry.ts";

// Written by numpy.savez_compressed.
const recorded = readFileSync(resolve(import.meta.dirname, "../../test/fixtures/arrays.npz"));

test.each([
  ["f", [2, 3], Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25)],
  ["be", [2, 3], Float64Array.of(0, 1, 2, 3, 4, 5)],
  ["fo", [2, 3, 4], Int16Array.from({ length: 24 }, (_, i) => i)],
  ["h", [3], Float32Array.of(0.5, -2, 65504)],
  ["b", [2], Uint8Array.of(1, 0)],
  ["u", [3], ["größe", "a", ""]],
  ["s", [2], ["ab", "c"]],
  ["i", [], BigInt64Array.of(7n)],
  ["e", [0, 3], new Float32Array(0)],
])("NumPy's array %s is read", async (name, shape, data) => {
  expect((await openNpz(recorded, "arrays.npz")).read(name)).toEqual({ shape, data });
});

test("records, Python objects and missing names are refused by name", async () => {
  const npz = await openNpz(recorded, "arrays.npz");
  expect(() => npz.read("rec")).toThrow(/arrays\.npz\/rec\.npy: expected one type.*\('a', '<i4'\)/);
  expect(() => npz.read("o")).toThrow("arrays.npz/o.npy: holds values of NumPy's type O");
  expect(() => npz.read("none")).toThrow("has no array none, only f, be,");
});

test("what is written is what is read, byte for byte the same each time", async () => {
  const values = fc.oneof(
    fc.float32Array({ maxLength: 20 }),
    fc.float64Array({ maxLength: 20 }),
    fc.uint16Array({ maxLength: 20 }),
    fc.int32Array({ maxLength: 20 }),
    fc.uint8Array({ maxLength: 20 }),
    fc.bigInt64Array({ maxLength: 20 }),
  );
  await fc.assert(
    fc.asyncProperty(values, async (array) => {
      const data = array as NumericArray;
      const written = { depth: { shape: [data.length, 1], data } };
      expect((await openNpz(encodeNpz(written), "a.npz")).read("depth")).toEqual(written.depth);
      expect(encodeNpz(written)).toEqual(encodeNpz(written));
    }),
  );
});

test("the header is laid out as NumPy lays it out", () => {
  const ours = encodeNpy([2, 3], Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25));
  expect(ours).toEqual(unzipSync(recorded)["f.npy"]);
  expect(encodeNpy([3], ["größe", "a", ""])).toEqual(unzipSync(recorded)["u.npy"]);
  expect(() => encodeNpy([2], Float32Array.of(1))).toThrow(RangeError);
});

test("damaged files are named, and none makes us fill the memory", async () => {
  const npy = encodeNpy([2, 3], new Float32Array(6));
  for (let length = 0; length < npy.length; length++) {
    expect(() => decodeNpy(npy.subarray(0, length), "a.npy")).toThrow(FormatError);
  }
  const lying = npy.slice();
  lying.set(
    new TextEncoder().encode("'shape': (99999999, 3)"),
    new TextDecoder().decode(npy.subarray(10)).indexOf("'shape'") + 10,
  );
  expect(() => decodeNpy(lying, "a.npy")).toThrow(/\[99999999,3\] of type f4 takes 1199999988 bytes, found 24/);

  const zip = zipSync({ "a.npy": npy });
  await expect(openNpz(zip.subarray(0, 40), "a.npz")).rejects.toThrow(/a\.npz: damaged archive/);
  // The directory claims four gigabytes.
  const bomb = zip.slice();
  const directory = bomb.findIndex(
    (_, i) => bomb[i] === 0x50 && bomb[i + 1] === 0x4b && bomb[i + 2] === 1 && bomb[i + 3] === 2,
  );
  bomb.fill(0xfe, directory + 24, directory + 28);
  const npz = await openNpz(bomb, "a.npz");
  expect(() => npz.read("a")).toThrow(/a\.npz\/a\.npy: \d+ compressed bytes cannot hold the 4278124286/);
  // It claims a few bytes, and holds a hundred megabytes.
  const modest = zipSync({ "a.npy": new Uint8Array(1e8) });
  new DataView(modest.buffer).setUint32(modest.length - 22 - 51 + 24, 200, true);
  const small = await openNpz(modest, "a.npz");
  expect(() => small.read("a")).toThrow("a.npz/a.npy: its compressed data is longer than the 200 bytes");
});
