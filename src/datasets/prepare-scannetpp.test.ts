import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { jpeg, png8, put } from "../../test/dataset-files.ts";
import { planePose, planeView } from "../../test/plane-view.ts";
import { invertRigid, rotationOf } from "../geometry/pose.ts";
import { quaternionFromRotation } from "../geometry/rotation.ts";
import { reprojectedColors } from "../rgbd/reprojected-colors.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { prepareScanNetpp } from "./prepare-scannetpp.ts";
import { openScanNetpp } from "./scannetpp.ts";

const PLAIN = { hideBackground: false, random: () => 0 };
const SCENE = "0a7cc12c0e";
const SIZE = { width: 160, height: 120 };
/** A fisheye that keeps angles but for a cubic term: radius = angle + 0.05 angle³. */
const [FOCAL, CUBIC] = [90, 0.05];

let root: string;
let from: string;
let to: string;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "dust3r-scannetpp-"));
  [from, to] = [join(root, "release"), join(root, "prepared")];
  put(from, "splits/nvs_sem_train.txt", `${SCENE}\nelsewhere\n`);
  put(from, "data/for-testing/scans/mesh_aligned_0.05.ply", "");
  put(from, `data/${SCENE}/scans/mesh_aligned_0.05.ply`, planeMesh());
  for (const index of [0, 1])
    put(from, `data/${SCENE}/dslr/resized_images/DSC0000${index}.JPG`, await jpeg(fisheye(index)));
  const valid = Array.from({ length: SIZE.width * SIZE.height }, (_, i) => (i % SIZE.width < 80 ? 255 : 0));
  put(from, `data/${SCENE}/dslr/resized_anon_masks/DSC00001.png`, await png8({ ...planeView(0), ...SIZE }, valid));
  put(
    from,
    `data/${SCENE}/dslr/colmap/cameras.txt`,
    `1 OPENCV_FISHEYE 160 120 ${FOCAL} ${FOCAL} 80 60 ${CUBIC} 0 0 0\n`,
  );
  put(
    from,
    `data/${SCENE}/dslr/colmap/images.txt`,
    imagesText([0, 1], (index) => `DSC0000${index}.JPG`),
  );
  put(from, `data/${SCENE}/iphone/rgb/frame_000010.jpg`, await jpeg(planeView(2, SIZE)));
  const { fx, fy, cx, cy } = planeView(2, SIZE).intrinsics;
  put(
    from,
    `data/${SCENE}/iphone/colmap/cameras.txt`,
    `1 OPENCV 160 120 ${fx} ${fy} ${cx + 0.5} ${cy + 0.5} 0 0 0 0\n`,
  );
  put(
    from,
    `data/${SCENE}/iphone/colmap/images.txt`,
    imagesText([2], () => "video/frame_000010.jpg"),
  );
});
afterEach(() => rmSync(root, { recursive: true }));

function imagesText(indices: readonly number[], nameOf: (index: number) => string): string {
  return indices
    .map((index) => {
      const m = invertRigid(planePose(index));
      const [x, y, z, w] = quaternionFromRotation(rotationOf(m));
      return `${[index + 1, w, x, y, z, m[3], m[7], m[11], 1, nameOf(index)].join(" ")}\n1.5 2.5 -1\n`;
    })
    .join("");
}

/** The plane z = 4 as two large triangles, seen from their backs. */
function planeMesh(): Buffer {
  const header = [
    "ply",
    "format binary_little_endian 1.0",
    "element vertex 4",
    "property float x",
    "property float y",
    "property float z",
    "property uchar red",
    "element face 2",
    "property list uchar int vertex_indices",
    "end_header\n",
  ].join("\n");
  const corners = [
    [-40, -40],
    [40, -40],
    [40, 40],
    [-40, 40],
  ];
  const vertices = corners.map(([x, y]) =>
    Buffer.concat([Buffer.from(Float32Array.of(x!, y!, 4).buffer), Buffer.of(200)]),
  );
  const faces = [
    [0, 1, 2],
    [0, 2, 3],
  ].map((face) => Buffer.concat([Buffer.of(3), Buffer.from(Int32Array.from(face).buffer)]));
  return Buffer.concat([Buffer.from(header), ...vertices, ...faces]);
}

/** What a fisheye camera sees of the plane, ray by ray. */
function fisheye(index: number): RgbdView {
  const m = planePose(index);
  const rgb = new Uint8Array(3 * SIZE.width * SIZE.height);
  for (let i = 0; i < SIZE.width * SIZE.height; i++) {
    const [u, v] = [((i % SIZE.width) + 0.5 - 80) / FOCAL, (Math.floor(i / SIZE.width) + 0.5 - 60) / FOCAL];
    const radius = Math.hypot(u, v);
    let angle = radius;
    for (let step = 0; step < 30; step++) angle = radius - CUBIC * angle ** 3;
    const stretch = radius === 0 ? 1 : Math.tan(angle) / radius;
    const [x, y] = [u * stretch, v * stretch];
    const z = (4 - m[11]!) / (m[8]! * x + m[9]! * y + m[10]!);
    const [px, py] = [z * (m[0]! * x + m[1]! * y + m[2]!) + m[3]!, z * (m[4]! * x + m[5]! * y + m[6]!) + m[7]!];
    rgb.set([128 + 100 * Math.sin(2 * px), 128 + 100 * Math.cos(2 * py), 128 + 60 * Math.sin(px + py)], 3 * i);
  }
  return { ...planeView(index), ...SIZE, rgb };
}

test("photos of both devices come without distortion, with depth of the scan; the mask takes depth away", async () => {
  const report = await prepareScanNetpp(from, to, {});
  expect(report).toMatchObject({ scenes: 1, frames: 3, reused: 0, skipped: [] });
  const set = await openScanNetpp(to, "train");
  const names = Array.from({ length: set.frames }, (_, frame) => set.frameName(frame));
  expect(names.sort()).toEqual([`${SCENE}/DSC00000`, `${SCENE}/DSC00001`, `${SCENE}/frame_000010`]);
  for (let frame = 0; frame < 3; frame++) {
    const view = await set.readFrame(frame, PLAIN);
    const index = set.frameName(frame).endsWith("10") ? 2 : Number(set.frameName(frame).at(-1));
    expect(view.width).toBe(920);
    const truth = planeView(index, SIZE);
    const { known, seen, difference } = reprojectedColors(view, { ...truth, worldFromCam: planePose(index) });
    expect(seen).toBeGreaterThan(0.4 * known);
    expect(difference).toBeLessThan(5);
    const share = known / view.depth.length;
    if (index === 1) expect(Math.abs(share - 0.5)).toBeLessThan(0.02);
    else expect(share).toBe(1);
  }
}, 20_000);

test("what cannot be used is skipped with the reason; a scan that is cut off takes its scene with it", async () => {
  put(from, `data/${SCENE}/dslr/resized_images/DSC00000.JPG`, await jpeg(planeView(0)));
  truncateSync(join(from, `data/${SCENE}/dslr/resized_images/DSC00001.JPG`), 500);
  const { frames, skipped } = await prepareScanNetpp(from, to, {}).catch(() => ({ frames: -1, skipped: [] }));
  // One frame is left, which makes no pair.
  expect(frames).toBe(1);
  expect(skipped.map(({ frame }) => frame)).toEqual([`${SCENE}/DSC00000`, `${SCENE}/DSC00001`]);
  expect(skipped[0]!.problem).toMatch(/found 64x48 pixels; its camera took 160x120/);
  expect(skipped[1]!.problem).toMatch(/damaged or truncated/);
  rmSync(to, { recursive: true });
  truncateSync(join(from, `data/${SCENE}/scans/mesh_aligned_0.05.ply`), 200);
  await expect(prepareScanNetpp(from, to, {})).rejects.toThrow(/no frame can be used; of 3/);
});

test("cameras whose lens is not known, and no scene, stop", async () => {
  put(from, `data/${SCENE}/dslr/colmap/cameras.txt`, "1 FOV 160 120 90 90 80 60 0.9\n");
  await expect(prepareScanNetpp(from, to, {})).rejects.toThrow(/cameras of the model FOV cannot be undistorted/);
  put(from, "splits/nvs_sem_train.txt", "elsewhere\n");
  await expect(prepareScanNetpp(from, to, {})).rejects.toThrow(/there are no scenes in it/);
});
