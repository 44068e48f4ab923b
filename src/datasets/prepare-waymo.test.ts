import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { jpeg, put } from "../../test/dataset-files.ts";
import { planeView } from "../../test/plane-view.ts";
import { tfRecordFile } from "../../test/tfrecord-file.ts";
import type { Pose } from "../core/camera.ts";
import { InputError } from "../core/errors.ts";
import { composePoses, invertRigid, rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { reprojectedColors } from "../rgbd/reprojected-colors.ts";
import { prepareWaymo } from "./prepare-waymo.ts";
import { readPair } from "./read-pair.ts";
import { openWaymo } from "./waymo.ts";

const SIZE = { width: 80, height: 60 };
const CAMERAS = [1, 4];
const SCAN = { width: 360, height: 40 };

// Messages as protobuf's documentation describes them, byte by byte.
const varint = (value: number): number[] => (value < 128 ? [value] : [(value % 128) + 128, ...varint(value >> 7)]);
const bytes = (field: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([...varint(8 * field + 2), ...varint(content.length)]), content]);
};
const integer = (field: number, value: number): Buffer => Buffer.from([...varint(8 * field), ...varint(value)]);
const double = (field: number, value: number): Buffer =>
  Buffer.concat([Buffer.from([8 * field + 1]), new Uint8Array(Float64Array.of(value).buffer)]);
const doubles = (field: number, values: Iterable<number>): Buffer =>
  Buffer.concat([...values].map((value) => double(field, value)));
const transform = (field: number, pose: Pose): Buffer => bytes(field, doubles(1, pose));
const matrix = (shape: readonly number[], data: Uint8Array): Buffer =>
  deflateSync(Buffer.concat([bytes(1, data), bytes(2, ...shape.map((size) => integer(1, size)))]));
const floats = (values: readonly number[]): Buffer =>
  matrix(
    [SCAN.height, SCAN.width, values.length / SCAN.height / SCAN.width],
    new Uint8Array(Float32Array.from(values).buffer),
  );
const integers = (values: readonly number[]): Buffer =>
  matrix([SCAN.height, SCAN.width, 6], Buffer.from(values.flatMap(varint)));

/** From the plane's world to one with z up, as far away as the release's: cameras look along x. */
const worldFromPlane: Pose = Float64Array.of(0, 0, 1, 900, -1, 0, 0, -400, 0, -1, 0, 20, 0, 0, 0, 1);
const worldFromVehicle = (frame: number): Pose => {
  const [x, y, z] = [900 + 0.3 * frame, -400, 20];
  return rigidPose(rotationFromVector([0, 0, 0.05 * frame]), [x, y, z]);
};
const VIEWS = Array.from({ length: 7 }, (_, i) => planeView(i, SIZE));
const view = (frame: number, camera: number) => VIEWS[2 * frame + camera]!;
/** A camera is not where it was in the frame before: the vehicle moved, and here it is mounted anew too. */
const vehicleFromCamera = (frame: number, camera: number): Pose => {
  const world = composePoses(worldFromPlane, view(frame, camera).worldFromCam);
  const opencvFromCamera = Float64Array.of(0, -1, 0, 0, 0, 0, -1, 0, 1, 0, 0, 0, 0, 0, 0, 1);
  return composePoses(invertRigid(worldFromVehicle(frame)), composePoses(world, opencvFromCamera));
};
const LASERS = [
  { name: 1, vehicleFromLaser: rigidPose(rotationFromVector([0, 0, 0.4]), [0.2, 0.1, 0.3]), ownPoses: true },
  { name: 2, vehicleFromLaser: rigidPose(rotationFromVector([0.02, 0.01, -2]), [0, -0.2, 0]), ownPoses: false },
];
const INCLINATIONS = Array.from({ length: SCAN.height }, (_, i) => -0.8 + (1.6 * (i + 0.5)) / SCAN.height);

/** What a laser measures, ray by ray; with poses of its own the vehicle is elsewhere than in the middle of the frame. */
function scan(frame: number, { name, vehicleFromLaser, ownPoses }: (typeof LASERS)[number]): Buffer {
  const [ranges, projections, poses]: number[][] = [[], [], []];
  const own = ownPoses ? ([0.01, -0.02, 0.03, 900.1, -400.05, 20.02] as const) : undefined;
  const vehicle =
    own === undefined
      ? worldFromVehicle(frame)
      : [
          rigidPose(rotationFromVector([0, 0, own[2]]), [own[3], own[4], own[5]]),
          rigidPose(rotationFromVector([0, own[1], 0]), [0, 0, 0]),
          rigidPose(rotationFromVector([own[0], 0, 0]), [0, 0, 0]),
        ].reduce(composePoses);
  const m = composePoses(invertRigid(worldFromPlane), composePoses(vehicle, vehicleFromLaser));
  const zero = Math.atan2(vehicleFromLaser[4]!, vehicleFromLaser[0]!);
  for (let cell = 0; cell < SCAN.width * SCAN.height; cell++) {
    // The first row looks up, the first column back; it turns to the right.
    const up = INCLINATIONS[SCAN.height - 1 - Math.floor(cell / SCAN.width)]!;
    const left = Math.PI - (2 * Math.PI * ((cell % SCAN.width) + 0.5)) / SCAN.width - zero;
    const d = [Math.cos(up) * Math.cos(left), Math.cos(up) * Math.sin(left), Math.sin(up)] as const;
    const along = [0, 4, 8].map((row) => m[row]! * d[0] + m[row + 1]! * d[1] + m[row + 2]! * d[2]);
    const range = (4 - m[11]!) / along[2]!;
    const point = along.map((value, k) => m[4 * k + 3]! + range * value);
    const seen = range > 0 && range < 60 ? CAMERAS.flatMap((camera) => pixelOf(frame, camera, point)) : [];
    ranges!.push(range > 0 && range < 60 ? range : -1, 0.5, 0, 0);
    projections!.push(...[...seen, 0, 0, 0, 0, 0, 0].slice(0, 6));
    poses!.push(...(own ?? []));
  }
  return bytes(
    5,
    integer(1, name),
    bytes(
      2,
      bytes(2, floats(ranges!)),
      bytes(3, integers(projections!)),
      ...(own === undefined ? [] : [bytes(4, floats(poses!))]),
    ),
  );
}

function pixelOf(frame: number, camera: number, point: readonly number[]): number[] {
  const { intrinsics: k, worldFromCam, width, height } = view(frame, camera);
  const m = invertRigid(worldFromCam);
  const [x, y, z] = [0, 4, 8].map(
    (row) => m[row]! * point[0]! + m[row + 1]! * point[1]! + m[row + 2]! * point[2]! + m[row + 3]!,
  ) as [number, number, number];
  const [u, v] = [k.cx + 0.5 + (k.fx * x) / z, k.cy + 0.5 + (k.fy * y) / z];
  return z > 0 && u >= 0 && v >= 0 && u < width && v < height ? [camera, Math.floor(u), Math.floor(v)] : [];
}

async function frameMessage(frame: number): Promise<Buffer> {
  const cameras = CAMERAS.map((camera) => {
    const { fx, fy, cx, cy } = view(frame, camera).intrinsics;
    return bytes(
      2,
      integer(1, camera),
      doubles(2, [fx, fy, cx + 0.5, cy + 0.5, 0, 0, 0, 0, 0]),
      transform(3, vehicleFromCamera(frame, camera)),
      integer(4, SIZE.width),
      integer(5, SIZE.height),
    );
  });
  const lasers = LASERS.map(({ name, vehicleFromLaser, ownPoses }) => {
    const inclinations = ownPoses ? [doubles(2, INCLINATIONS)] : [double(3, -0.8), double(4, 0.8)];
    return bytes(3, integer(1, name), ...inclinations, transform(5, vehicleFromLaser));
  });
  const images = await Promise.all(
    CAMERAS.map(async (camera) =>
      bytes(
        4,
        integer(1, camera),
        bytes(2, await jpeg(view(frame, camera))),
        transform(3, worldFromVehicle(frame)),
        double(5, 1.5e9),
      ),
    ),
  );
  return Buffer.concat([
    bytes(1, bytes(1, Buffer.from("drive-1")), ...cameras, ...lasers),
    Buffer.from([16, ...Array<number>(7).fill(255), 1]),
    transform(3, worldFromVehicle(frame)),
    ...images,
    ...LASERS.map((laser) => scan(frame, laser)),
  ]);
}

let messages: readonly Buffer[];
let records: Uint8Array;
beforeAll(async () => {
  messages = [await frameMessage(0), await frameMessage(1)];
  records = tfRecordFile(messages);
});

let root: string;
let from: string;
let to: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dust3r-waymo-release-"));
  [from, to] = [join(root, "release"), join(root, "prepared")];
  put(from, "segment-1.tfrecord", records);
});
afterEach(() => rmSync(root, { recursive: true }));

test("lidar points become depth where the photos show them, and pairs are those that overlap", async () => {
  const { pairs, ...report } = await prepareWaymo(from, to, {});
  expect(report).toEqual({ scenes: 1, frames: 4, reused: 0, skipped: [] });
  expect(pairs).toBeGreaterThan(2);
  const set = await openWaymo(to, "train");
  const numbers = Array.from({ length: set.frames }, (_, i) => i);
  expect(numbers.map((i) => set.frameName(i)).sort()).toEqual(
    ["00000_1", "00000_4", "00001_1", "00001_4"].map((name) => `segment-1/${name}`),
  );
  for (const i of numbers) {
    const [, frame, camera] = /(\d+)_(\d)$/.exec(set.frameName(i))!.map(Number);
    const written = view(frame!, camera!);
    const found = await set.readFrame(i, { hideBackground: false, random: () => 0 });
    const start = composePoses(invertRigid(worldFromVehicle(0)), worldFromPlane);
    const world = composePoses(start, written.worldFromCam);
    expect(Math.max(...found.worldFromCam.map((value, k) => Math.abs(value - world[k]!)))).toBeLessThan(1e-6);
    for (const key of ["fx", "fy", "cx", "cy"] as const) {
      expect(found.intrinsics[key]).toBeCloseTo(written.intrinsics[key], 4);
    }
    const known = Array.from(found.depth).flatMap((z, at) => (z > 0 ? [Math.abs(z / written.depth[at]! - 1)] : []));
    expect(known.length).toBeGreaterThan(0.3 * found.depth.length);
    // A point lies anywhere in its pixel.
    expect(Math.max(...known)).toBeLessThan(0.01);
  }
});

test("both views of a pair show the same colors where lidar tells", async () => {
  await prepareWaymo(from, to, {});
  const set = await openWaymo(to, "train");
  const { views } = await readPair(set, 0, { hidesBackground: false, random: () => 0 });
  expect(views[0].rgb.length).toBe(3 * SIZE.width * SIZE.height);
  const { seen, known, difference } = reprojectedColors(...views);
  expect(seen / known).toBeGreaterThan(0.1);
  expect(difference).toBeLessThan(8);
});

test("a second run takes over what the first finished", async () => {
  const first = await prepareWaymo(from, to, {});
  rmSync(join(to, "segment-1/00001_1.npz"));
  expect(await prepareWaymo(from, to, {})).toEqual({ ...first, reused: 3 });
});

test("a file that is cut off gives the frames before, and says so", async () => {
  truncateSync(join(from, "segment-1.tfrecord"), 12 + messages[0]!.length + 4 + 500);
  const { frames, skipped } = await prepareWaymo(from, to, {});
  expect(frames).toBe(2);
  expect(skipped).toEqual([
    { frame: "segment-1, from frame 1 on", problem: expect.stringMatching(/segment-1\.tfrecord: .*cut off/) },
  ]);
});

test.each<[string, (message: Buffer) => Uint8Array, RegExp]>([
  ["a message that is no frame", () => Buffer.from("hello"), /a message in it is damaged|has no context/],
  ["no context", (message) => message.subarray(message.indexOf(Buffer.from([16, 255]))), /has no context/],
  ["no pose", (message) => message.subarray(0, message.indexOf(Buffer.from([16, 255]))), /has no pose/],
])("%s: the drive is skipped with the reason, and nothing else stops", async (_, damage, reason) => {
  put(from, "segment-0.tfrecord", tfRecordFile([damage(messages[0]!)]));
  const { frames, skipped } = await prepareWaymo(from, to, {});
  expect(frames).toBe(4);
  expect(skipped.length).toBe(1);
  expect(skipped[0]!.problem).toMatch(/segment-0\.tfrecord, frame 0/);
  expect(skipped[0]!.problem).toMatch(reason);
});

test("no records, nothing that can be used, a list: all stop", async () => {
  await expect(prepareWaymo(root, to, {})).rejects.toThrow(/there is no \.tfrecord file in it/);
  truncateSync(join(from, "segment-1.tfrecord"), 100);
  await expect(prepareWaymo(from, to, {})).rejects.toThrow(/no photo can be used; the first: .*cut off/);
  await expect(prepareWaymo(from, to, { pairs: "list.npz" })).rejects.toThrow(InputError);
});
