import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesInMemory } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { readSafetensorsHeader } from "./safetensors.ts";
import { SafetensorsStream, type TensorContent, writeSafetensors } from "./safetensors-writer.ts";
import { readFloats, readTensor, type TensorEntry } from "./tensor-entry.ts";

const TINY = readFileSync(new URL("../../test/fixtures/tiny_dpt_weights.safetensors", import.meta.url));

/** A file with this JSON as header, and `dataBytes` zeros after it. */
function fileOf(header: string, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

const read = (bytes: Uint8Array) => readSafetensorsHeader(bytesInMemory("a.safetensors", bytes));

test("reads a file that the reference's libraries wrote", async () => {
  const { tensors, metadata } = await read(TINY);
  expect(tensors.get("patch_embed.proj.weight")).toMatchObject({ dtype: "F16", shape: [48, 3, 16, 16] });
  expect(metadata).toBeTypeOf("object");
  const bias = await readFloats(bytesInMemory("a Buffer", TINY), tensors.get("patch_embed.proj.bias")!);
  expect(bias).toHaveLength(48);
  expect(bias.every((value) => Math.abs(value) < 1)).toBe(true);
  const last = [...tensors.values()].reduce((end, { offset, byteLength }) => Math.max(end, offset + byteLength), 0);
  expect(last).toBe(TINY.length);
});

test("what is written is read back, in every format", async () => {
  const tensors = new Map<string, TensorContent>([
    ["f32", { dtype: "F32", shape: [2, 2], values: Float32Array.of(1, -2, 3.5, Infinity) }],
    ["f16", { dtype: "F16", shape: [3], values: Float32Array.of(0.5, -1, 65504) }],
    ["bf16", { dtype: "BF16", shape: [1], values: Float32Array.of(-3) }],
    ["odd", { dtype: "U8", shape: [3], values: Uint8Array.of(1, 2, 255) }],
    ["f64", { dtype: "F64", shape: [1], values: Float64Array.of(Math.PI) }],
    ["i64", { dtype: "I64", shape: [2], values: BigInt64Array.of(-1n, 2n ** 60n) }],
    ["i32", { dtype: "I32", shape: [1], values: Int32Array.of(-7) }],
    ["empty", { dtype: "F32", shape: [0, 5], values: new Float32Array(0) }],
    ["scalar", { dtype: "F32", shape: [], values: Float32Array.of(9) }],
  ]);
  const file = writeSafetensors(tensors, { photos: '["a.jpg"]' });
  const source = bytesInMemory("all.safetensors", file);
  const header = await readSafetensorsHeader(source);
  expect(header.metadata).toEqual({ photos: '["a.jpg"]' });
  expect([...header.tensors.keys()]).toEqual([...tensors.keys()]);
  for (const [name, { shape, values }] of tensors) {
    const entry = header.tensors.get(name) as TensorEntry;
    expect(entry.shape).toEqual(shape);
    expect(await readTensor(source, entry)).toEqual(values);
    expect(await readFloats(source, entry)).toEqual(Float32Array.from(values as ArrayLike<number | bigint>, Number));
  }
});

test("a stream gives the bytes of a file written at once", async () => {
  const tensors = new Map<string, TensorContent>([
    ["0-1.pointmap1", { dtype: "F16", shape: [2, 1, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ["view.0", { dtype: "F32", shape: [3, 1, 1], values: Float32Array.of(-1, 0, 1) }],
  ]);
  const parts: Uint8Array[] = [];
  const sink = { write: async (bytes: Uint8Array) => void parts.push(bytes) };
  const stream = await SafetensorsStream.open(sink, tensors, { images: "x" });
  expect(() => stream.finish()).toThrow("0-1.pointmap1");
  const again = await SafetensorsStream.open({ write: async () => {} }, tensors);
  await expect(again.write("view.0", new Float32Array(3))).rejects.toThrow("order");
  parts.length = 0;
  const whole = await SafetensorsStream.open(sink, tensors, { images: "x" });
  for (const [name, { values }] of tensors) await whole.write(name, values);
  whole.finish();
  expect(Buffer.concat(parts)).toEqual(Buffer.from(writeSafetensors(tensors, { images: "x" })));
});

describe("refused", () => {
  const cases: Record<string, [file: Uint8Array, message: RegExp]> = {
    "fewer bytes than a length": [new Uint8Array(5), /5 bytes/],
    "a length beyond the file": [Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 0), /claims/],
    "no JSON": [fileOf("{nope"), /not JSON/],
    "no object": [fileOf("[1]"), /not a JSON object/],
    "deep nesting": [
      fileOf(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
      /not described by an object|not JSON/,
    ],
    "a key twice": [fileOf('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061":{}}'), /names a twice/],
    "an unknown dtype": [fileOf('{"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,1]}}', 1), /dtype "Q4"/],
    "a negative size": [fileOf('{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}', 1), /shape/],
    "a size beyond all numbers": [
      fileOf('{"a":{"dtype":"U8","shape":[1e300,1e300],"data_offsets":[0,1]}}', 1),
      /shape/,
    ],
    "offsets that do not fit the shape": [
      fileOf('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4),
      /needs 8/,
    ],
    "offsets beyond the file": [fileOf('{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}', 8), /truncated/],
    "a gap": [fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2), /gap/],
    "bytes that belong to nothing": [
      fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 2),
      /1 bytes follow/,
    ],
    "metadata that is no text": [fileOf('{"__metadata__":{"a":1}}'), /__metadata__/],
    overlap: [
      fileOf(
        '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
        3,
      ),
      /b overlaps/,
    ],
  };
  test.each(Object.entries(cases))("%s", async (_name, [file, message]) => {
    const error = await read(file).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).message).toMatch(message);
    expect((error as FormatError).message).toContain("a.safetensors");
  });
});

test("every truncation is noticed", async () => {
  const headerEnd = 8 + Number(new DataView(TINY.buffer, TINY.byteOffset).getBigUint64(0, true));
  const lengths = fc.oneof(fc.nat({ max: headerEnd + 64 }), fc.integer({ min: headerEnd, max: TINY.length - 1 }));
  await fc.assert(
    fc.asyncProperty(lengths, async (length) => {
      await expect(read(TINY.subarray(0, length))).rejects.toBeInstanceOf(FormatError);
    }),
  );
});

test("a flipped bit is harmless or a FormatError", async () => {
  const small = writeSafetensors(new Map([["w", { dtype: "F32", shape: [2, 3], values: new Float32Array(6) }]]), {
    a: "b",
  });
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: small.length - 1 }), fc.nat({ max: 7 }), async (index, bit) => {
      const damaged = small.slice();
      damaged[index]! ^= 1 << bit;
      const result = await read(damaged).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(FormatError);
    }),
    { numRuns: 500 },
  );
});
