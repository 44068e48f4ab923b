import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { jpeg, png8, png16, put } from "../../test/dataset-files.ts";
import { planeView } from "../../test/plane-view.ts";
import { InputError } from "../core/errors.ts";
import { invertRigid } from "../geometry/pose.ts";
import { reprojectedColors } from "../rgbd/reprojected-colors.ts";
import { openCo3d } from "./co3d.ts";
import { prepareCo3d } from "./prepare-co3d.ts";

const SIZE = { width: 160, height: 120 };
const FRAMES = [0, 1, 2, 3, 4, 5, 6];

let root: string;
let from: string;
let to: string;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "dust3r-co3d-release-"));
  from = join(root, "release");
  to = join(root, "prepared");
  const sequences = ["sure", "held", "unsure"];
  put(
    from,
    "apple/sequence_annotations.jgz",
    gzipSync(
      JSON.stringify(
        sequences.map((name) => ({
          sequence_name: name,
          category: "apple",
          viewpoint_quality_score: name === "unsure" ? 0.2 : 1.3,
        })),
      ),
    ),
  );
  const listed = (name: string): unknown[] =>
    FRAMES.map((frame) => [name, frame, `apple/${name}/images/frame${frame}.jpg`]);
  put(
    from,
    "apple/set_lists/set_lists_fewview_train.json",
    JSON.stringify({ train: [...listed("sure"), ...listed("unsure")], val: [], test: listed("held").slice(0, 1) }),
  );
  put(
    from,
    "apple/frame_annotations.jgz",
    gzipSync(JSON.stringify(sequences.flatMap((name) => FRAMES.map((frame) => annotation(name, frame))))),
  );
  for (const name of sequences) for (const frame of FRAMES) await putFrame(name, frame);
});
afterEach(() => rmSync(root, { recursive: true }));

/** Bits of a half, by way of the definition: sign, five bits of exponent, ten of fraction. */
function halfBits(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(value));
  return ((exponent + 15) << 10) | Math.round((value / 2 ** exponent - 1) * 1024);
}

/** PyTorch3D's camera: x to the left, y up, rows instead of columns; units are half of the shorter side. */
function annotation(name: string, frame: number) {
  const { intrinsics, worldFromCam } = planeView(frame, SIZE);
  const m = invertRigid(worldFromCam);
  const half = SIZE.height / 2;
  return {
    sequence_name: name,
    frame_number: frame,
    frame_timestamp: 0.1,
    image: { path: `apple/${name}/images/frame${frame}.jpg`, size: [SIZE.height, SIZE.width] },
    depth: {
      path: `apple/${name}/depths/frame${frame}.png`,
      scale_adjustment: 0.5,
      mask_path: `apple/${name}/depth_masks/frame${frame}.png`,
    },
    mask: { path: `apple/${name}/masks/frame${frame}.png`, mass: 1 },
    viewpoint: {
      R: [0, 1, 2].map((row) => [-m[row]!, -m[4 + row]!, m[8 + row]!]),
      T: [-m[3]!, -m[7]!, m[11]!],
      focal_length: [intrinsics.fx / half, intrinsics.fy / half],
      principal_point: [(SIZE.width / 2 - intrinsics.cx) / half, (SIZE.height / 2 - intrinsics.cy) / half],
      intrinsics_format: "ndc_isotropic",
    },
  };
}

async function putFrame(name: string, frame: number): Promise<void> {
  const view = planeView(frame, SIZE);
  const left = Array.from(view.depth, (_, i) => (i % SIZE.width < 80 ? 255 : 0));
  put(from, `apple/${name}/images/frame${frame}.jpg`, await jpeg(view));
  put(
    from,
    `apple/${name}/depths/frame${frame}.png`,
    await png16(
      view,
      Array.from(view.depth, (z) => halfBits(2 * z)),
    ),
  );
  put(
    from,
    `apple/${name}/depth_masks/frame${frame}.png`,
    await png8(
      view,
      Array.from(view.depth, (_, i) => (i < 8 * SIZE.width ? 0 : 255)),
    ),
  );
  put(from, `apple/${name}/masks/frame${frame}.png`, await png8(view, left));
}

test("the release becomes a set whose frames show the plane where it is", async () => {
  const report = await prepareCo3d(from, to, {});
  expect(report).toEqual({ scenes: 2, frames: 8, reused: 0, pairs: 2, skipped: [] });
  const train = await openCo3d(to, "train");
  expect(train.frameName(0)).toBe("apple/sure/0");
  expect(JSON.parse(readFileSync(join(to, "selected_seqs_test.json"), "utf8"))).toEqual({ apple: { held: [0] } });
  for (const frame of FRAMES) {
    const view = await train.readFrame(frame, { hideBackground: false, random: () => 0 });
    expect(Math.min(view.width / 512, view.height / 384)).toBeGreaterThanOrEqual(1);
    // The first rows have no depth: their mask says so.
    expect(view.depth.subarray(0, view.width).every((z) => z === 0)).toBe(true);
    const { known, seen, difference } = reprojectedColors(view, planeView(frame, SIZE));
    expect(known).toBeGreaterThan(0.9 * view.depth.length);
    expect(seen / known).toBeGreaterThan(0.95);
    expect(difference).toBeLessThan(5);
  }
  const hidden = await train.readFrame(0, { hideBackground: true, random: () => 0 });
  const share = hidden.depth.reduce((sum, z) => sum + (z > 0 ? 1 : 0), 0) / hidden.depth.length;
  expect(share).toBeGreaterThan(0.4);
  expect(share).toBeLessThan(0.6);
});

test("a second run takes over what the first finished", async () => {
  await prepareCo3d(from, to, {});
  const photo = join(to, "apple/sure/images/frame000003.jpg");
  truncateSync(photo, 0);
  rmSync(join(to, "apple/sure/images/frame000003.npz"));
  expect(await prepareCo3d(from, to, {})).toMatchObject({ frames: 8, reused: 7 });
  expect(readFileSync(photo).length).toBeGreaterThan(1000);
});

test("what cannot be used is skipped with the reason, and not listed", async () => {
  truncateSync(join(from, "apple/sure/depths/frame0.png"), 300);
  put(from, "apple/sure/images/frame1.jpg", await jpeg(planeView(1)));
  put(from, "apple/sure/depths/frame2.png", await png16(planeView(2, SIZE), new Uint16Array(160 * 120)));
  const annotations = JSON.parse(JSON.stringify(FRAMES.map((frame) => annotation("sure", frame))));
  annotations[3].viewpoint.T[0] = "NaN";
  annotations[4].viewpoint.R[0][0] = 7;
  annotations[5].viewpoint = null;
  const held = FRAMES.map((frame) => annotation("held", frame));
  const text = JSON.stringify([...annotations, ...held]).replace('"NaN"', "NaN");
  put(from, "apple/frame_annotations.jgz", gzipSync(text));
  const { frames, skipped } = await prepareCo3d(from, to, {});
  expect(frames).toBe(2);
  expect(skipped.map(({ frame }) => frame)).toEqual([0, 1, 2, 3, 4, 5].map((frame) => `apple/sure/${frame}`));
  const reasons = [
    /not a readable PNG/,
    /found 64x48 pixels; its annotation says 160x120/,
    /no pixel has depth/,
    /finite numbers are expected/,
    /no rotation/,
    /no viewpoint/,
  ];
  for (const [i, reason] of reasons.entries()) expect(skipped[i]!.problem).toMatch(reason);
  const listed = JSON.parse(readFileSync(join(to, "selected_seqs_train.json"), "utf8"));
  expect(listed).toEqual({ apple: { sure: [6] } });
});

test("annotations that are cut off, no category, nothing that can be used: all stop", async () => {
  truncateSync(join(from, "apple/frame_annotations.jgz"), 200);
  await expect(prepareCo3d(from, to, {})).rejects.toThrow(
    /frame_annotations\.jgz: its compressed content is damaged or cut off/,
  );
  rmSync(join(from, "apple/frame_annotations.jgz"));
  await expect(prepareCo3d(from, to, {})).rejects.toThrow(InputError);
  put(from, "apple/frame_annotations.jgz", gzipSync(JSON.stringify([annotation("sure", 0)])));
  rmSync(join(from, "apple/sure/images"), { recursive: true });
  await expect(prepareCo3d(from, to, {})).rejects.toThrow(/no frame can be used; of 1, the first: .*frame0\.jpg/);
  expect(existsSync(join(to, "selected_seqs_train.json"))).toBe(false);
});
