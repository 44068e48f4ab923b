import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { calibration, jpeg, npyDoubles, npyFloats, npz, png8, png16, put } from "../../test/dataset-files.ts";
import { expectView } from "../../test/expect-view.ts";
import { planeView } from "../../test/plane-view.ts";
import { FormatError, InputError } from "../core/errors.ts";
import { seededRandom } from "../core/random.ts";
import { openCo3d } from "./co3d.ts";
import { readPair } from "./read-pair.ts";

const PLAIN = { hideBackground: false, random: () => 0 };
const SEQUENCE = "apple/110_13051_23361";
const FRAMES = [1, 2, 3, 4, 5, 6, 7, 8];

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-co3d-"));
  put(folder, "selected_seqs_train.json", JSON.stringify({ apple: { "110_13051_23361": FRAMES } }));
  for (const frame of FRAMES) await putFrame(frame);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function putFrame(frame: number): Promise<void> {
  const view = planeView(frame);
  const stem = `frame${String(frame).padStart(6, "0")}`;
  const maximum = Math.max(...view.depth);
  put(folder, `${SEQUENCE}/images/${stem}.jpg`, await jpeg(view));
  put(
    folder,
    `${SEQUENCE}/images/${stem}.npz`,
    npz({
      camera_intrinsics: npyFloats([3, 3], calibration(view)),
      camera_pose: npyFloats([4, 4], view.worldFromCam),
      maximum_depth: npyDoubles([], [maximum]),
    }),
  );
  const codes = Array.from(view.depth, (z) => Math.floor((z / maximum) * 65535));
  put(folder, `${SEQUENCE}/depths/${stem}.jpg.geometric.png`, await png16(view, codes));
  const mask = Array.from(view.depth, (_, i) => (i % view.width < 20 ? 255 : 10));
  put(folder, `${SEQUENCE}/masks/${stem}.png`, await png8(view, mask));
}

test("frames come as they were written; pairs are those of the published offsets", async () => {
  const set = await openCo3d(folder, "train");
  // Of 8 frames, only those 5 apart make pairs: three of them.
  expect(set).toMatchObject({ name: "co3d", scenes: 1, frames: 8, pairs: 3, notes: [] });
  expect(set.frameName(3)).toBe("apple/110_13051_23361/4");
  for (const [i, frame] of FRAMES.entries()) expectView(await set.readFrame(i, PLAIN), planeView(frame));
});

test("without the background, depth is left where the mask shows the object", async () => {
  const set = await openCo3d(folder, "train");
  const { depth, width } = await set.readFrame(0, { ...PLAIN, hideBackground: true });
  expect(depth.every((z, i) => z > 0 === i % width < 20)).toBe(true);
});

test("a frame without depth is replaced by its neighbor, and that is said", async () => {
  const none = planeView(3);
  put(folder, `${SEQUENCE}/depths/frame000003.jpg.geometric.png`, await png16(none, new Uint16Array(64 * 48)));
  const set = await openCo3d(folder, "train");
  await expect(set.readFrame(2, PLAIN)).rejects.toThrow(/frame000003\.jpg: no pixel has depth/);
  const still = { ...set, choosePair: () => [2, 7] as const };
  const pair = await readPair(still, 0, { hidesBackground: false, random: seededRandom("pair") });
  expect(pair.names).toEqual(["apple/110_13051_23361/2", "apple/110_13051_23361/8"]);
  expect(pair.replaced).toEqual([expect.stringMatching(/frame000003\.jpg: no pixel has depth/)]);
});

test("a missing, empty or short selection stops, and says what is expected", async () => {
  await expect(openCo3d(folder, "validation")).rejects.toThrow(
    /selected_seqs_test\.json: there is no such file; `dust3r/,
  );
  put(folder, "selected_seqs_test.json", "{}");
  await expect(openCo3d(folder, "validation")).rejects.toThrow(InputError);
  put(folder, "selected_seqs_test.json", JSON.stringify({ apple: { a: [1, 2] } }));
  await expect(openCo3d(folder, "validation")).rejects.toThrow(/no sequence of more than 5 frames/);
  put(folder, "selected_seqs_test.json", JSON.stringify({ apple: [1] }));
  await expect(openCo3d(folder, "validation")).rejects.toThrow(FormatError);
  put(folder, "selected_seqs_test.json", "{");
  await expect(openCo3d(folder, "validation")).rejects.toThrow(/line 1: not JSON/);
});

test("frames that are listed twice are left out, and counted", async () => {
  put(folder, "selected_seqs_train.json", JSON.stringify({ apple: { "110_13051_23361": [...FRAMES, 1, 2] } }));
  const { frames, notes } = await openCo3d(folder, "train");
  expect(frames).toBe(8);
  expect(notes).toEqual([expect.stringMatching(/2 frames that are listed twice are left out/)]);
});

test.each<[string, () => Promise<void> | void, RegExp]>([
  [
    "no depth file",
    () => rmSync(join(folder, SEQUENCE, "depths/frame000001.jpg.geometric.png")),
    /there is no such file/,
  ],
  [
    "a depth file that is cut off",
    () => truncateSync(join(folder, SEQUENCE, "depths/frame000001.jpg.geometric.png"), 900),
    /not a readable PNG/,
  ],
  [
    "a photo that is cut off",
    () => truncateSync(join(folder, SEQUENCE, "images/frame000001.jpg"), 900),
    /damaged or truncated/,
  ],
  ["a pose that is not finite", () => putCamera({ 3: Number.NaN }), /finite numbers are expected/],
  ["a matrix that is no rotation", () => putCamera({ 0: 2 }), /no rotation/],
  ["a mirrored matrix", () => putMirrored(), /reflection/],
  [
    "intrinsics of another size",
    () => putCamera({}, 2),
    /intrinsics are for a photo of about 125x100 pixels, found 64x48/,
  ],
  ["no maximum", () => putCamera({}, 1, 0), /maximum_depth is 0/],
])("%s: an error that names the file", async (_, damage, message) => {
  await damage();
  const error = await openCo3d(folder, "train")
    .then((set) => set.readFrame(0, PLAIN))
    .catch((thrown: unknown) => thrown);
  expect(error instanceof FormatError || error instanceof InputError).toBe(true);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toContain("frame000001");
});

function putCamera(changes: Readonly<Record<number, number>>, scale = 1, maximum = 5): void {
  const view = planeView(1);
  const pose = Array.from(view.worldFromCam, (value, i) => changes[i] ?? value);
  const intrinsics = calibration(view).map((value, i) => (i < 6 ? scale * value : value));
  put(
    folder,
    `${SEQUENCE}/images/frame000001.npz`,
    npz({
      camera_intrinsics: npyFloats([3, 3], intrinsics),
      camera_pose: npyFloats([4, 4], pose),
      maximum_depth: npyDoubles([], [maximum]),
    }),
  );
}

function putMirrored(): void {
  const { worldFromCam: m } = planeView(1);
  putCamera({ 0: -m[0]!, 4: -m[4]!, 8: -m[8]! });
}
