import { expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { decodeFloat3 } from "./float3.ts";

function file(header: string, values: readonly number[]): Uint8Array {
  return Buffer.concat([Buffer.from(header), Buffer.from(Float32Array.from(values).buffer)]);
}

test("dimensions are listed from the fastest on", () => {
  const { shape, data } = decodeFloat3(file("float\n2\n3\n2\n", [1, 2, 3, 4, 5, -0.5]), "0006.float3");
  expect(shape).toEqual([2, 3]);
  expect(data).toEqual(Float32Array.of(1, 2, 3, 4, 5, -0.5));
});

test.each([
  [file("float\n2\n3\n2\n", [1, 2, 3, 4, 5]), "[2,3] floats take 24 bytes, found 20 (at byte 12)"],
  [file("float\n2\n3\n", [1]), "not a float3 file"],
  [file("double\n1\n1\n", [1]), "not a float3 file"],
  [new Uint8Array(0), "not a float3 file"],
])("cut off or something else: refused by name (%#)", (bytes, message) => {
  expect(() => decodeFloat3(bytes, "0006.float3")).toThrow(FormatError);
  expect(() => decodeFloat3(bytes, "0006.float3")).toThrow(message);
});
