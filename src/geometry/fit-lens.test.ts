import { describe, expect, test } from "vitest";
import { InputError } from "../core/errors.ts";
import type { KnownLens } from "../core/known-lens.ts";
import { fitLens } from "./fit-lens.ts";

const photo = { name: "a.jpg", original: { width: 640, height: 480 } };
const lens: KnownLens = { fx: 500, fy: 510, principalPoint: [320, 240] };

describe("K that does not fit the photo is refused", () => {
  test.each([
    [
      "a principal point of a photo twice as large",
      { principalPoint: [640, 480] as const },
      /principal point \(640, 480\) does not fit a\.jpg/,
    ],
    [
      "of one half as large",
      { principalPoint: [160, 120] as const },
      /principal point \(160, 120\) does not fit a\.jpg/,
    ],
    [
      "another size",
      { size: { width: 1280, height: 960 } },
      /a\.jpg are of a photo of 1280x960 pixels, and it has 640x480/,
    ],
  ])("%s", (_, change, message) => {
    expect(() => fitLens({ ...lens, ...change }, photo)).toThrow(InputError);
    expect(() => fitLens({ ...lens, ...change }, photo)).toThrow(message);
  });

  test("one far from the middle fits where the size is said", () => {
    const { intrinsics } = fitLens({ ...lens, size: photo.original, principalPoint: [160, 120] }, photo);
    expect(intrinsics).toEqual({ fx: 500, fy: 510, cx: 160, cy: 120 });
  });
});

test("a field of view becomes a focal length in pixels", () => {
  const { intrinsics } = fitLens({ fx: 2, fy: 2, inWidths: true, principalPoint: undefined }, photo);
  expect(intrinsics).toEqual({ fx: 1280, fy: 1280, cx: 319.5, cy: 239.5 });
});

describe("EXIF orientation against other programs' models", () => {
  const upright = { name: "a.jpg", original: { width: 480, height: 640 } };

  test.each([
    // Pixel (x, y) of the stored photo is at (479 - y, x) of one that was turned to the right, at (y, 639 - x) of the other.
    [6, { fx: 510, fy: 500, cx: 479 - 230, cy: 310 }],
    [8, { fx: 510, fy: 500, cx: 230, cy: 639 - 310 }],
  ])("orientation %i: K of the stored photo is turned", (exifOrientation, expected) => {
    const stored = { ...lens, principalPoint: [310, 230] as const, size: { width: 640, height: 480 } };
    expect(fitLens(stored, { ...upright, exifOrientation }).intrinsics).toEqual(expected);
    // Without a size, the principal point tells.
    expect(fitLens({ ...stored, size: undefined }, { ...upright, exifOrientation }).intrinsics).toEqual(expected);
  });

  test("K of the upright photo stays", () => {
    const fitting = { ...lens, principalPoint: [235, 322] as const, size: upright.original };
    expect(fitLens(fitting, { ...upright, exifOrientation: 6 }).intrinsics).toEqual({
      fx: 500,
      fy: 510,
      cx: 235,
      cy: 322,
    });
  });

  test("K of a photo that nothing turned is refused", () => {
    expect(() => fitLens({ ...lens, size: { width: 640, height: 480 } }, upright)).toThrow(
      /of 640x480 pixels, and it has 480x640/,
    );
  });
});
