import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError, InputError } from "../../core/errors.ts";
import { encodeCameras, encodeImages, encodePoints } from "./binary-writer.ts";
import { CAMERA_MODELS, CAMERA_PARAMETERS } from "./camera-models.ts";
import type { ColmapCamera, ColmapImage, ColmapPoints } from "./model.ts";
import { pinholeIntrinsics, pinholeParams } from "./pinhole.ts";
import { readCameras, readColmapModel, readImages, readPoints } from "./read-model.ts";
import { formatCameras, formatImages, formatPoints } from "./text-writer.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const id = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const camera: fc.Arbitrary<ColmapCamera> = fc.constantFrom(...CAMERA_MODELS).chain((model) => {
  const count = CAMERA_PARAMETERS[model].length;
  return fc.record({
    id,
    model: fc.constant(model),
    width: fc.nat(),
    height: fc.nat(),
    params: fc.array(finite, { minLength: count, maxLength: count }),
  });
});
const cameraList = fc.uniqueArray(camera, { selector: (each) => each.id, maxLength: 5 });
const image: fc.Arbitrary<ColmapImage> = fc.nat({ max: 4 }).chain((count) => {
  return fc.record({
    id,
    cameraId: id,
    name: fc.stringMatching(/^[!-~äß][!-~äß/]{0,8}$/),
    quaternion: fc.tuple(finite, finite, finite, finite),
    translation: fc.tuple(finite, finite, finite),
    keypoints: fc
      .array(finite, { minLength: 2 * count, maxLength: 2 * count })
      .map((values) => Float64Array.from(values)),
    pointIds: fc
      .array(fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER }), { minLength: count, maxLength: count })
      .map((values) => Float64Array.from(values)),
  });
});
const points: fc.Arbitrary<ColmapPoints> = fc
  .array(fc.array(fc.tuple(id, id), { maxLength: 3 }), { maxLength: 5 })
  .chain((tracks) => {
    const count = tracks.length;
    const columns = (values: fc.Arbitrary<number>, width: number) =>
      fc.array(values, { minLength: width * count, maxLength: width * count });
    return fc.record({
      ids: columns(fc.maxSafeNat(), 1).map((values) => Float64Array.from(values)),
      positions: columns(finite, 3).map((values) => Float64Array.from(values)),
      colors: columns(fc.nat({ max: 255 }), 3).map((values) => Uint8Array.from(values)),
      errors: columns(finite, 1).map((values) => Float64Array.from(values)),
      trackStarts: fc.constant(Uint32Array.from([0, ...tracks.map((_, i) => tracks.slice(0, i + 1).flat().length)])),
      tracks: fc.constant(Uint32Array.from(tracks.flat(2))),
    });
  });
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("what is written is what is read", () => {
  test("cameras of every model", () => {
    fc.assert(
      fc.property(cameraList, (cameras) => {
        const expected = new Map(cameras.map((each) => [each.id, each]));
        expect(readCameras({ path: "cameras.bin", bytes: encodeCameras(cameras) })).toEqual(expected);
        expect(readCameras({ path: "cameras.txt", bytes: utf8(formatCameras(cameras)) })).toEqual(expected);
      }),
    );
  });

  test("images with and without keypoints", () => {
    fc.assert(
      fc.property(fc.array(image, { maxLength: 4 }), (images) => {
        expect(readImages({ path: "images.bin", bytes: encodeImages(images) })).toEqual(images);
        expect(readImages({ path: "images.txt", bytes: utf8(formatImages(images)) })).toEqual(images);
      }),
    );
  });

  test("points with their tracks", () => {
    fc.assert(
      fc.property(points, (expected) => {
        expect(readPoints({ path: "points3D.bin", bytes: encodePoints(expected) })).toEqual(expected);
        expect(readPoints({ path: "points3D.txt", bytes: utf8(formatPoints(expected)) })).toEqual(expected);
      }),
    );
  });
});

describe("a damaged binary file never yields a model", () => {
  const cameras: readonly ColmapCamera[] = [{ id: 1, model: "PINHOLE", width: 8, height: 6, params: [5, 5, 4, 3] }];
  const images: readonly ColmapImage[] = [
    {
      ...{ id: 7, cameraId: 1, name: "a b.jpg", quaternion: [1, 0, 0, 0], translation: [0, 0, 1] },
      ...{ keypoints: Float64Array.of(1, 2), pointIds: Float64Array.of(-1) },
    },
  ];
  const cloud: ColmapPoints = {
    ...{ ids: Float64Array.of(9), positions: Float64Array.of(1, 2, 3), colors: Uint8Array.of(4, 5, 6) },
    ...{ errors: Float64Array.of(0.5), trackStarts: Uint32Array.of(0, 1), tracks: Uint32Array.of(7, 0) },
  };
  const files = {
    cameras: { path: "m/cameras.bin", bytes: encodeCameras(cameras) },
    images: { path: "m/images.bin", bytes: encodeImages(images) },
    points3D: { path: "m/points3D.bin", bytes: encodePoints(cloud) },
  };

  test("whole, it does", () => {
    expect(readColmapModel(files)).toEqual({ cameras: new Map([[1, cameras[0]]]), images, points: cloud });
  });

  test.each(["cameras", "images", "points3D"] as const)("cut off or too long, %s says where", (which) => {
    const { path, bytes } = files[which];
    const read = (changed: Uint8Array) => () => readColmapModel({ ...files, [which]: { path, bytes: changed } });
    for (let length = 0; length < bytes.length; length++) {
      expect(read(bytes.subarray(0, length))).toThrow(FormatError);
      expect(read(bytes.subarray(0, length))).toThrow(/^m\/\w+\.bin: .*at byte \d+\)$/);
    }
    expect(read(Uint8Array.of(...bytes, 0))).toThrow("1 bytes are left over");
  });

  test("a count of all ones allocates nothing", () => {
    for (const which of ["cameras", "images", "points3D"] as const) {
      const bytes = files[which].bytes.slice().fill(0xff, 0, 6);
      expect(() => readColmapModel({ ...files, [which]: { ...files[which], bytes } })).toThrow(/number of \w+ is/);
    }
  });

  test("an unknown camera model and a missing camera are named", () => {
    const bytes = files.cameras.bytes.slice();
    bytes[12] = 99;
    expect(() => readColmapModel({ ...files, cameras: { ...files.cameras, bytes } })).toThrow(
      "camera 1 has the unknown model 99 (at byte 12)",
    );
    const none = { ...files.cameras, bytes: encodeCameras([]) };
    expect(() => readColmapModel({ ...files, cameras: none })).toThrow(
      "m/images.bin: a b.jpg was taken by camera 1, which m/cameras.bin does not have",
    );
    const twice = { ...files.cameras, bytes: encodeCameras([...cameras, ...cameras]) };
    expect(() => readColmapModel({ ...files, cameras: twice })).toThrow("two cameras have the same id");
  });
});

describe("a line that is wrong is named", () => {
  test.each([
    ["cameras", "# c\n1 PINHOLE 8", "line 2: expected an id"],
    ["cameras", "1 PINHOL 8 6 5 5 4 3", 'line 1: the camera model "PINHOL"'],
    ["cameras", "1 PINHOLE 8 6 5 5 4", "line 1: PINHOLE has 4 parameters (fx, fy, cx, cy), found 3"],
    ["cameras", "1 PINHOLE 8 6 5 5 4 x", 'line 1: cy is "x"'],
    ["cameras", "1 PINHOLE 8.5 6 5 5 4 3", 'line 1: the width is "8.5"'],
    ["images", "\n1 1 0 0 0 0 0 0 1", "line 2: expected an id, qw"],
    ["images", "1 1 0 0 0 0 0 nan 1 a.jpg\n", 'line 1: tz is "nan"'],
    [
      "images",
      "1 1 0 0 0 0 0 0 1 a.jpg\n1 2 -1 3",
      "line 2: expected keypoints of three numbers (x, y, point) for a.jpg",
    ],
    ["images", "1 1 0 0 0 0 0 0 1 a.jpg\n1 2 -2", 'line 2: keypoint 0\'s point is "-2"'],
    ["points3D", "1 0 0 0 1 2 3", "line 1: expected an id, x y z"],
    ["points3D", "1 0 0 0 1 2 300 0.5", 'line 1: b is "300"; a whole number up to 255'],
    ["points3D", "1 0 0 0 1 2 3 0.5 7", "line 1: expected an id"],
  ])("%s.txt: %s", (which, text, message) => {
    const file = { path: `m/${which}.txt`, bytes: utf8(text) };
    const read = () =>
      which === "cameras" ? readCameras(file) : which === "images" ? readImages(file) : readPoints(file);
    expect(read).toThrow(FormatError);
    expect(read).toThrow(`m/${which}.txt: ${message}`);
  });

  test("a file from Windows, and names with spaces, are read", () => {
    const bytes = utf8("# images\r\n3 1 0 0 0 0 0 0 1 my photo.jpg\r\n\r\n4 1 0 0 0 0 0 0 1 b.jpg\r\n1 2 -1\r\n");
    const images = readImages({ path: "images.txt", bytes });
    expect(images.map(({ name, pointIds }) => [name, pointIds.length])).toEqual([
      ["my photo.jpg", 0],
      ["b.jpg", 1],
    ]);
    expect(() => formatImages(images)).toThrow(InputError);
  });
});

describe("cameras", () => {
  const made = (model: ColmapCamera["model"], ...params: number[]): ColmapCamera => ({
    id: 1,
    model,
    width: 8,
    height: 6,
    params,
  });

  test("intrinsics have their pixel centers at integers", () => {
    expect(pinholeIntrinsics(made("SIMPLE_RADIAL", 5, 4, 3, 0.1))).toEqual({ fx: 5, fy: 5, cx: 3.5, cy: 2.5 });
    expect(pinholeIntrinsics(made("OPENCV", 5, 6, 4, 3, 0, 0, 0, 0))).toEqual({ fx: 5, fy: 6, cx: 3.5, cy: 2.5 });
    expect(pinholeIntrinsics(made("EQUIRECTANGULAR", 8, 6))).toBeUndefined();
    const intrinsics = { fx: 5, fy: 6, cx: 3.25, cy: 2.75 };
    expect(pinholeIntrinsics(made("PINHOLE", ...pinholeParams(intrinsics)))).toEqual(intrinsics);
  });
});
