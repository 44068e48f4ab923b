import { expect, test } from "vitest";
import { pack, unpack } from "./packed.ts";

test("what is packed comes back, typed arrays as they were", () => {
  const value = {
    name: "ä\n",
    list: [1, 2.5, null, [true]],
    depth: Float32Array.of(0, 1.5, -2),
    mask: Uint8Array.of(1, 2, 3),
    nested: { pose: Float64Array.of(1 / 3), index: Uint32Array.of(4e9) },
    empty: new Uint16Array(0),
  };
  const part = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
  expect(unpack(pack({ ...value, part, gone: undefined }).buffer)).toEqual({ ...value, part: Float32Array.of(1, 2) });
});

test("what JSON cannot say of typed arrays is refused", () => {
  expect(() => pack({ a: BigInt64Array.of(1n) })).toThrow("BigInt64Array");
});
