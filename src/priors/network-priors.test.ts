import { describe, expect, test } from "vitest";
import { oracleViews } from "../../test/oracle-pairs.ts";
import { InputError } from "../core/errors.ts";
import type { Size, View } from "../core/view.ts";
import { identityPose, invertRigid, transformPoints } from "../geometry/pose.ts";
import { networkPriors } from "./network-priors.ts";
import { parseKnownDistance } from "./parse-known-distance.ts";

// One network pixel is 2 original ones, and 6 more are cut off at every side: original = 2 network + 6.5.
const views = oracleViews(
  [
    { width: 64, height: 48 },
    { width: 48, height: 64 },
  ],
  { scale: 2, crop: 6 },
);
const lens = { fx: 120, fy: 122, principalPoint: [70.5, 54.5] as const };

describe("networkPriors", () => {
  test("intrinsics in network pixels, by photo and for all others", async () => {
    const lenses = {
      shared: { fx: 100, fy: 100, principalPoint: undefined },
      byPhoto: new Map([["x/photo-1.jpg", lens]]),
    };
    expect((await networkPriors(views, { lenses })).intrinsics).toEqual([
      { fx: 50, fy: 50, cx: 31.5, cy: 23.5 },
      { fx: 60, fy: 61, cx: 32, cy: 24 },
    ]);
    const one = { shared: undefined, byPhoto: new Map([["photo-0.jpg", lens]]) };
    expect((await networkPriors(views, { lenses: one })).intrinsics).toEqual([
      { fx: 60, fy: 61, cx: 32, cy: 24 },
      undefined,
    ]);
  });

  test("K with distortion is refused for views that were made without regard to it", async () => {
    const distortion = { model: "fisheye", k: [0.1, 0, 0, 0] } as const;
    const lenses = { shared: { ...lens, distortion }, byPhoto: new Map(), source: "k.json" };
    await expect(networkPriors(views, { lenses })).rejects.toThrow(/k\.json: the lens of photo-0\.jpg has distortion/);
  });

  test("poses as they are, by photo", async () => {
    const worldFromCam = new Map([["photo-1.jpg", identityPose()]]);
    const priors = await networkPriors(views, { worldFromCam, posesInMeters: true });
    expect(priors.worldFromCam).toEqual([undefined, identityPose()]);
    expect(priors.posesInMeters).toBe(true);
  });

  test("EXIF orientation against other programs' models: poses of the stored photos are turned, by their sizes", async () => {
    const { width, height } = views[0]!.original;
    const turned = [{ ...views[0]!, exifOrientation: 6 }];
    const worldFromCam = new Map([["photo-0.jpg", identityPose()]]);
    const poseOf = async (size: Size) =>
      (await networkPriors(turned, { worldFromCam, poseSizes: new Map([["photo-0.jpg", size]]) })).worldFromCam![0]!;
    expect(await poseOf({ width, height })).toEqual(identityPose());
    const unknown = networkPriors(turned, { worldFromCam, posesMayBeOfStored: true, posesSource: "images.bin" });
    await expect(unknown).rejects.toThrow(
      /images\.bin: photo-0\.jpg is turned by its EXIF orientation \(6\), and nothing tells/,
    );
    // What the stored camera has at its right, the upright one has below.
    const point = transformPoints(
      invertRigid(await poseOf({ width: height, height: width })),
      Float64Array.of(1, 0, 0),
    );
    expect([...point].map((x) => Math.round(x))).toEqual([0, 1, 0]);
  });

  test("masks at network pixels", async () => {
    const { width, height } = views[0]!.original;
    const data = Uint8Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? 1 : 0));
    const [mask, none] = (await networkPriors(views, { masks: new Map([["photo-0.jpg", { width, height, data }]]) }))
      .masks!;
    expect(none).toBeUndefined();
    expect(mask!.length).toBe(64 * 48);
    expect([...mask!.subarray(0, 64)]).toEqual(Array.from({ length: 64 }, (_, x) => (x < 32 ? 1 : 0)));
    const small = { width: 10, height: 10, data: new Uint8Array(100) };
    await expect(networkPriors(views, { masks: new Map([["photo-0.jpg", small]]) })).rejects.toThrow(
      /the mask of photo-0\.jpg is 10x10, the photo 140x108/,
    );
  });

  test("sky is left out, and what a mask leaves out too", async () => {
    const view = views[0]!;
    const { width, height } = view;
    const count = width * height;
    // Blue above the middle, dark brown below it.
    const rgb = Uint8Array.from({ length: 3 * count }, (_, k) => {
      const isSky = Math.floor(k / 3) < count / 2;
      return (isSky ? [128, 166, 230] : [64, 51, 38])[k % 3]!;
    });
    const photos = [{ ...view, rgb }];
    const [sky] = (await networkPriors(photos, { maskSky: true })).masks!;
    expect([sky![0], sky![count / 2 - 3 * width], sky![count / 2 + 3 * width]]).toEqual([0, 0, 1]);
    const data = Uint8Array.from({ length: view.original.width * view.original.height }, (_, i) =>
      i % view.original.width < view.original.width / 2 ? 1 : 0,
    );
    const masks = new Map([["photo-0.jpg", { ...view.original, data }]]);
    const [both] = (await networkPriors(photos, { masks, maskSky: true })).masks!;
    const below = count / 2 + 3 * width;
    expect([both![0], both![below], both![below + width - 1]]).toEqual([0, 1, 0]);
    const blank = [view];
    await expect(networkPriors(blank, { maskSky: true })).rejects.toThrow(
      /no picture of photo-0\.jpg to look for sky in/,
    );
  });

  test("a known distance between network pixels", async () => {
    const knownDistance = parseKnownDistance("photo-1.jpg:16.5,26.5:26.5,26.5=0.8");
    expect((await networkPriors(views, { knownDistance })).knownDistance).toEqual({
      image: 1,
      pixel1: [5, 10],
      pixel2: [10, 10],
      meters: 0.8,
    });
  });

  test("nothing known: photos of one size are likely to be of one camera, whichever way up", async () => {
    const { cameras, camerasAreGuessed, likelyFocals, ...others } = await networkPriors(views, {});
    expect({ cameras, camerasAreGuessed, likelyFocals }).toEqual({
      cameras: [0, 0],
      camerasAreGuessed: true,
      likelyFocals: [undefined, undefined],
    });
    expect(Object.values(others).filter((prior) => prior !== undefined)).toEqual([]);
  });

  describe("one camera, many photos: EXIF data tell cameras apart", () => {
    const [view] = views;
    const camerasOf = async (exif: readonly Partial<View>[], priors = {}) => {
      const photos = exif.map((tags) => ({ ...view!, ...tags }));
      return (await networkPriors(photos, priors)).cameras;
    };

    test("by body and lens, and by focal length", async () => {
      const body = { exifCamera: "A 1", exifFocal: 100 };
      const zoomed = { ...body, exifFocal: 150 };
      expect(await camerasOf([body, { ...body, exifCamera: "B 2" }, zoomed, {}, body, {}])).toEqual([0, 1, 2, 3, 0, 3]);
    });

    test("focal lengths that are rounded differently are one", async () => {
      expect(await camerasOf([{ exifFocal: 100 }, { exifFocal: 100.4 }])).toEqual([0, 0]);
    });

    test("unless all are said to be of one, or none, or EXIF data are not to be heeded", async () => {
      const photos = [{ exifFocal: 100 }, { exifFocal: 200 }, { original: { width: 9, height: 9 } }];
      expect(await camerasOf(photos, { sharedFocal: true })).toEqual([0, 0, 2]);
      expect(await camerasOf(photos, { sharedFocal: false })).toEqual([0, 1, 2]);
      expect(await camerasOf(photos, { ignoreExif: true })).toEqual([0, 0, 2]);
    });
  });

  test("EXIF focal: in network pixels", async () => {
    const photos = views.map((view, i) => (i === 0 ? { ...view, exifFocal: 130 } : view));
    expect((await networkPriors(photos, {})).likelyFocals).toEqual([65, undefined]);
    expect((await networkPriors(photos, { ignoreExif: true })).likelyFocals).toBeUndefined();
  });
});

test.each([
  ["photo-9.jpg:16,26:26,26=0.8", /a distance is known in photo-9\.jpg, which is none of photo-0\.jpg, photo-1\.jpg/],
  ["photo-1.jpg:1,26:26,26=0.8", /pixel 1,26 of photo-1\.jpg is not in the part of the photo that the network sees/],
])("%s: refused", async (text, message) => {
  await expect(networkPriors(views, { knownDistance: parseKnownDistance(text) })).rejects.toThrow(message);
});

test.each([
  ["photo.jpg=3", /NAME:x1,y1:x2,y2=METERS is expected/],
  ["photo.jpg:1,2:3=4", /NAME:x1,y1:x2,y2=METERS is expected/],
  ["photo.jpg:1,2:3,4=0", /0 meters; a positive number is expected/],
  ["photo.jpg:1,2:1,2=1", /both pixels are the same/],
])("known distance %s: refused", (text, message) => {
  expect(() => parseKnownDistance(text)).toThrow(InputError);
  expect(() => parseKnownDistance(text)).toThrow(message);
});

test("a name with colons is no obstacle", () => {
  expect(parseKnownDistance("C:/a:b.jpg:1,2.5:3,4=0.5")).toEqual({
    photo: "C:/a:b.jpg",
    pixel1: [1, 2.5],
    pixel2: [3, 4],
    meters: 0.5,
  });
});
