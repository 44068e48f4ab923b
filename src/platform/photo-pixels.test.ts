import { expect, test } from "vitest";
import { photoOfPixels } from "./photo-pixels.ts";

const size = { width: 2, height: 1 };

test("gray becomes RGB, and alpha is kept apart where anything is transparent", () => {
  const gray = photoOfPixels({ ...size, values: Uint8Array.of(7, 255, 9, 255), channels: 2 });
  expect(gray).toEqual({ ...size, rgb: Uint8Array.of(7, 7, 7, 9, 9, 9), alpha: undefined });
  const color = photoOfPixels({ ...size, values: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 0), channels: 4 });
  expect(color).toEqual({ ...size, rgb: Uint8Array.of(1, 2, 3, 4, 5, 6), alpha: Uint8Array.of(255, 0) });
});

test("of deep pixels the upper 8 of the bits that they use remain", () => {
  const of = (most: number) => photoOfPixels({ ...size, values: Uint16Array.of(0, most), channels: 1 }).rgb[3];
  expect([of(1023), of(4095), of(65535)]).toEqual([255, 255, 255]);
});
