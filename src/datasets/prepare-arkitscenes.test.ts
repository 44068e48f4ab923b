import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { depthPng, npyIntegers, npyTexts, npz, png, put } from "../../test/dataset-files.ts";
import { planePose, planeView } from "../../test/plane-view.ts";
import type { Pose } from "../core/camera.ts";
import { composePoses, invertRigid, rigidPose, rotationOf } from "../geometry/pose.ts";
import { rotationFromVector, vectorFromRotation } from "../geometry/rotation.ts";
import { reprojectedColors } from "../rgbd/reprojected-colors.ts";
import { nearestDepth } from "../rgbd/resize-view.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { turnView } from "../rgbd/turn-view.ts";
import { openArkitScenes } from "./arkitscenes.ts";
import { quartersToUpright } from "./arkitscenes-release.ts";
import { prepareArkitScenes } from "./prepare-arkitscenes.ts";

const PLAIN = { hideBackground: false, random: () => 0 };
const SCENE = "41048190";
const TIMES = ["3414.500", "3415.500", "3416.500"];
/** The plane's world has y down; here the third axis is up. */
const SKY = rigidPose(rotationFromVector([-Math.PI / 2, 0, 0]), [0, 0, 0]);

let root: string;
let from: string;
let to: string;
/** The photos are the plane's views lying on their side: turned by three quarters, one more makes them upright. */
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "dust3r-arkit-"));
  [from, to] = [join(root, "raw"), join(root, "prepared")];
  const lines: string[] = [];
  for (let second = 0; second <= 3; second++) lines.push(trajectoryLine(3414 + second, poseOf(second)));
  put(from, `Training/${SCENE}/lowres_wide.traj`, `${lines.join("\n")}\n`);
  for (const [i, time] of TIMES.entries()) await putPhoto(`${SCENE}_${time}`, i);
});
afterEach(() => rmSync(root, { recursive: true }));

/** Cameras that turn and move evenly, so that half way between two there is no doubt. */
function poseOf(second: number): Pose {
  return rigidPose(rotationFromVector([0.02 * second, 0.04 * second, 0]), [0.2 * second, 0, 0]);
}

/** What the camera sees at a time, upright, in the plane's world. */
function upright(i: number): RgbdView {
  const worldFromCam = poseOf(i + 0.5);
  const seen = planeView(0);
  const { fx, fy, cx, cy } = seen.intrinsics;
  const depth = new Float32Array(seen.depth.length);
  const rgb = new Uint8Array(seen.rgb.length);
  for (let k = 0; k < depth.length; k++) {
    const [x, y] = [((k % 64) - cx) / fx, (Math.floor(k / 64) - cy) / fy];
    const m = worldFromCam;
    const z = (4 - m[11]!) / (m[8]! * x + m[9]! * y + m[10]!);
    const [u, v] = [z * (m[0]! * x + m[1]! * y + m[2]!) + m[3]!, z * (m[4]! * x + m[5]! * y + m[6]!) + m[7]!];
    depth[k] = z;
    rgb.set([128 + 100 * Math.sin(2 * u), 128 + 100 * Math.cos(2 * v), 128 + 60 * Math.sin(u + v)], 3 * k);
  }
  return { ...seen, depth, rgb, worldFromCam };
}

function trajectoryLine(time: number, uprightPose: Pose): string {
  const lying = turnView({ ...planeView(0), worldFromCam: uprightPose }, 3).worldFromCam;
  const camFromWorld = invertRigid(composePoses(SKY, lying));
  const vector = vectorFromRotation(rotationOf(camFromWorld));
  return [time, ...vector, camFromWorld[3], camFromWorld[7], camFromWorld[11]].join(" ");
}

async function putPhoto(name: string, i: number): Promise<void> {
  const lying = turnView(upright(i), 3);
  const { width, height } = lying;
  const small = { width: width / 2, height: height / 2 };
  const depth = nearestDepth(lying, small, { scaleX: 2, scaleY: 2, left: 0, top: 0 });
  put(from, `Training/${SCENE}/vga_wide/${name}.png`, await png(lying));
  // The clocks of depth and intrinsics were rounded otherwise.
  const other = `${SCENE}_${(Number(name.replace(/^.*_/, "")) + (i === 1 ? 0.001 : 0)).toFixed(3)}`;
  put(from, `Training/${SCENE}/lowres_depth/${other}.png`, await depthPng({ ...lying, ...small, depth }));
  const { fx, fy, cx, cy } = lying.intrinsics;
  put(from, `Training/${SCENE}/vga_wide_intrinsics/${other}.pincam`, `${width} ${height} ${fx} ${fy} ${cx} ${cy}`);
}

test("photos come upright, with poses at their times; pairs by overlap", async () => {
  const report = await prepareArkitScenes(from, to, {});
  expect(report).toEqual({ scenes: 1, frames: 3, reused: 0, pairs: 3, skipped: [] });
  const set = await openArkitScenes(to, "train");
  for (const i of TIMES.keys()) {
    const view = await set.readFrame(i, PLAIN);
    expect([view.width, view.height]).toEqual([64, 48]);
    // Back in the plane's world, the view shows what it should.
    const there = { ...view, worldFromCam: composePoses(invertRigid(SKY), view.worldFromCam) };
    const { seen, known, difference } = reprojectedColors(there, upright(i));
    expect(seen).toBeGreaterThan(0.98 * known);
    expect(difference).toBeLessThan(4);
  }
  expect(await prepareArkitScenes(from, to, {})).toMatchObject({ frames: 3, reused: 3, pairs: 3 });
});

test("with the published lists: their photos and pairs; scenes without one are left out", async () => {
  const selection = npz({
    selection: npyTexts([`${SCENE}_3414.500.png`, `${SCENE}_3416.500.png`]),
    pairs: npyIntegers([1, 2], [1, 0]),
  });
  put(root, `pairs/Training/${SCENE}/selected_pairs.npz`, selection);
  put(from, "Training/41069021/vga_wide/a.png", "");
  expect(await prepareArkitScenes(from, to, { pairs: join(root, "pairs") })).toMatchObject({
    scenes: 2,
    frames: 2,
    pairs: 1,
    skipped: [],
  });
  const set = await openArkitScenes(to, "train");
  expect(set.choosePair(0, () => 0).map((frame) => set.frameName(frame))).toEqual([
    `${SCENE}/${SCENE}_3416.500`,
    `${SCENE}/${SCENE}_3414.500`,
  ]);
});

test("what cannot be used is skipped with the reason", async () => {
  truncateSync(join(from, `Training/${SCENE}/lowres_depth/${SCENE}_3414.500.png`), 100);
  await putPhoto(`${SCENE}_3420.000`, 2);
  rmSync(join(from, `Training/${SCENE}/vga_wide_intrinsics/${SCENE}_3416.500.pincam`));
  const { frames, skipped } = await prepareArkitScenes(from, to, {});
  expect(frames).toBe(1);
  const reasons = Object.fromEntries(skipped.map(({ frame, problem }) => [frame, problem]));
  expect(reasons[`${SCENE}/${SCENE}_3414.500`]).toMatch(/not a readable PNG/);
  expect(reasons[`${SCENE}/${SCENE}_3416.500`]).toMatch(/pincam: there is no such file/);
  expect(reasons[`${SCENE}/${SCENE}_3420.000`]).toMatch(/has no pose at 3420 s/);
});

test("intrinsics of another size, a trajectory with a missing number, no scene: said by name", async () => {
  put(from, `Training/${SCENE}/vga_wide_intrinsics/${SCENE}_3414.500.pincam`, "640 480 500 500 320 240");
  const { skipped } = await prepareArkitScenes(from, to, {});
  expect(skipped[0]!.problem).toMatch(/found 48x64 pixels; its intrinsics are for 640x480/);
  put(from, `Training/${SCENE}/lowres_wide.traj`, "3414 0 0 0 0 0\n");
  await expect(prepareArkitScenes(from, to, {})).rejects.toThrow(/lowres_wide\.traj: line 1: a time/);
  put(from, `Training/${SCENE}/lowres_wide.traj`, "3414 0 0 nan 0 0 0\n");
  await expect(prepareArkitScenes(from, to, {})).rejects.toThrow(/lowres_wide\.traj: line 1: a time/);
  await expect(prepareArkitScenes(root, to, {})).rejects.toThrow(/no scenes in it/);
});

test.each([0, 1, 2, 3])("photos held %i quarters off are recognized by where the sky is", (quarters) => {
  const held = [0, 1, 2].map((index) =>
    composePoses(
      SKY,
      turnView({ ...planeView(index), worldFromCam: planePose(index) }, (4 - quarters) % 4).worldFromCam,
    ),
  );
  expect(quartersToUpright(held)).toBe(quarters);
});
