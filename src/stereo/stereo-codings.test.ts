import { expect, test } from "vitest";
import type { Coding } from "./kept-values.ts";
import { bytesCoding, denseCoding, planesCoding } from "./stereo-codings.ts";

const size = { width: 5, height: 3 };
const floats = (first: number) => Float32Array.from({ length: 15 }, (_, i) => first + i / 8);
const bytes = Uint8Array.from({ length: 15 }, (_, i) => 3 * i);
const sizeOf = () => size;

function expectKept<T>({ encode, decode }: Coding<T>, value: T): void {
  const encoded = encode(value);
  expect(decode(encoded, 0)).toEqual(value);
  // As a folder gives them: a `Buffer` that is a part of what was read.
  const part = Buffer.concat([Buffer.alloc(32, 7), encoded]).subarray(32);
  const read = decode(part, 0);
  part.fill(0);
  expect(read).toEqual(value);
  expect(decode(encoded.subarray(1), 0)).toBeUndefined();
}

test("maps come back as they were, from within a larger buffer, too; what has another size does not", () => {
  expectKept(bytesCoding(sizeOf), bytes);
  const planes = { inverseDepth: floats(1), slopeX: floats(20), slopeY: floats(40), costs: floats(60) };
  expectKept(planesCoding(sizeOf), { ...size, ...planes });
  expectKept(denseCoding(sizeOf), { ...size, depth: floats(3), source: bytes });
});
