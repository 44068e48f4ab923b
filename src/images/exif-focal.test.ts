import { describe, expect, test } from "vitest";
import { focalFromTags } from "./exif-focal.ts";

const size = { width: 3600, height: 2400 };

describe("focalFromTags", () => {
  test("takes the 35 mm equivalent by the diagonal", () => {
    expect(focalFromTags({ FocalLengthIn35mmFormat: 50, FocalLength: 31 }, size)).toBeCloseTo(5000, 9);
    expect(focalFromTags({ FocalLengthIn35mmFormat: 50 }, { width: 240, height: 360 })).toBeCloseTo(500, 9);
  });

  test("takes the sensor's resolution, in any unit and after resizing", () => {
    const camera = { FocalLengthIn35mmFormat: 0, FocalLength: 36, ExifImageWidth: 3600, ExifImageHeight: 2400 };
    const perInch = { ...camera, FocalPlaneXResolution: 2540, FocalPlaneResolutionUnit: 2 };
    const perCentimeter = { ...camera, FocalPlaneXResolution: 1000, FocalPlaneResolutionUnit: 3 };
    expect(focalFromTags(perInch, size)).toBeCloseTo(3600, 9);
    expect(focalFromTags(perCentimeter, size)).toBeCloseTo(3600, 9);
    expect(focalFromTags(perInch, { width: 600, height: 900 })).toBeCloseTo(900, 9);
  });

  test.each([
    [{}],
    [{ FocalLength: 35 }],
    [{ FocalLengthIn35mmFormat: 0 }],
    [{ FocalLengthIn35mmFormat: 1 }],
    [{ FocalLengthIn35mmFormat: 65535 }],
    [{ FocalLength: 36, FocalPlaneXResolution: 2540, FocalPlaneResolutionUnit: 9 }],
    [{ FocalLength: Number.NaN, FocalPlaneXResolution: 2540 }],
  ])("tells nothing from %j", (tags) => {
    expect(focalFromTags(tags, size)).toBeUndefined();
  });
});
