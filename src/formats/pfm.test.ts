import fc from "fast-check";
import { expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { decodePfm, type PfmImage } from "./pfm.ts";

const latin = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** A file in little-endian order, its rows from the lowest up. */
function encodePfm({ width, height, channels, data }: PfmImage): Uint8Array {
  const stride = width * channels;
  const rows = Array.from({ length: height }, (_, row) => data.subarray(row * stride, (row + 1) * stride)).reverse();
  const values = Float32Array.from(rows.flatMap((row) => [...row]));
  const head = latin(`${channels === 3 ? "PF" : "Pf"}\n${width} ${height}\n-1.0\n`);
  return Uint8Array.of(...head, ...new Uint8Array(values.buffer));
}

test("the lowest row comes first, in either byte order", () => {
  const values = [5, 6, 7, 8].flatMap((value) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value);
    return [...bytes];
  });
  const expected = { width: 2, height: 2, channels: 1, data: Float32Array.of(7, 8, 5, 6) };
  expect(decodePfm(Uint8Array.of(...latin("Pf\n2 2\n1.0\n"), ...values), "a.pfm")).toEqual(expected);
  const swapped = [0, 4, 8, 12].flatMap((at) => values.slice(at, at + 4).reverse());
  expect(decodePfm(Uint8Array.of(...latin("Pf 2 2 -1\n"), ...swapped), "a.pfm")).toEqual(expected);
});

test("what is written is what is read", () => {
  const image = fc
    .tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 }), fc.constantFrom(1 as const, 3 as const))
    .chain(([width, height, channels]) => {
      const length = width * height * channels;
      return fc
        .float32Array({ minLength: length, maxLength: length })
        .map((data) => ({ width, height, channels, data }));
    });
  fc.assert(
    fc.property(image, (expected) => {
      expect(decodePfm(encodePfm(expected), "a.pfm")).toEqual(expected);
    }),
  );
});

test.each([
  ["P5\n2 2\n-1\n", "not a PFM file"],
  ["Pf\n2 x\n-1\n", "not a PFM file"],
  ["Pf\n2 2\n-1\n1234", "2x2x1 floats take 16 bytes, found 4 (at byte 10)"],
  ["PF\n99999 99999\n-1\n", "floats take 119997600012 bytes, found 0"],
])("%j is refused", (text, message) => {
  expect(() => decodePfm(latin(text), "a.pfm")).toThrow(FormatError);
  expect(() => decodePfm(latin(text), "a.pfm")).toThrow(message);
});
