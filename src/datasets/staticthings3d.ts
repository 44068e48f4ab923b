import { decodeImage, joinPath, listFolders, pathContent, readBytes } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { parseCalibrationRows, parsePoseRows } from "../formats/camera-matrices.ts";
import { decodeFloat3, type Float3Array } from "../formats/float3.ts";
import { decodeNpyTable } from "../formats/npy-table.ts";
import { invertRigid } from "../geometry/pose.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { checkedView, type DepthImage } from "./checked-view.ts";
import type { Dataset, FrameOptions, Split } from "./dataset.ts";
import { PairList } from "./listed-dataset.ts";
import { matrixRows, readNpzCamera } from "./read-camera.ts";
import { readExrDepth } from "./read-depth.ts";

/** The published list of pairs; records of a part (A, B, C), a sequence, and camera and frame of either view. */
const LIST = "staticthings_pairs.npy";
const FIELDS = ["scene", "seq", "cam1", "im1", "cam2", "im2"];
const CAMERAS: Readonly<Record<string, string>> = { l: "left", r: "right" };
const PASSES = ["clean", "final"] as const;
/** The frames of a sequence that have both passes and depth. */
const FRAMES = Array.from({ length: 10 }, (_, i) => 6 + i);
/** Farther than this is background. */
const BACKGROUND = 200;

/**
 * StaticThings3D (Schröppel et al. 2022): as it is prepared for training in PyTorch (`TRAIN/A/0000/left/0006_clean.jpg`,
 * `0006_final.jpg`, `0006.exr`, `0006.npz`), or as it is released (`frames_cleanpass`, `frames_finalpass`, `depths`, `poses` and
 * `intrinsics`, each with `TRAIN/A/0000`). A release without the published list of pairs gives every pair of a sequence. One of
 * the two passes, with and without blur, is taken at random.
 */
export async function openStaticThings3d(folder: string, split: Split): Promise<Dataset> {
  if (split !== "train")
    throw new InputError(`${folder}: StaticThings3D is a set for training alone; it has no validation split`);
  const list = joinPath(folder, LIST);
  const depths = joinPath(folder, "depths", "TRAIN");
  const raw = (await pathContent(depths)).kind === "folder";
  const pairs = new PairList();
  const listed = (await pathContent(list)).kind === "file";
  if (listed) addListedPairs(pairs, await readBytes(list), list);
  else if (raw) await addEveryPair(pairs, depths);
  else throw new InputError(`${list}: there is no such file, and no release (with a folder depths/TRAIN) beside it`);
  return pairs.dataset({
    name: "staticthings3d",
    list: listed ? list : depths,
    // The folder of a sequence has one for each camera.
    sceneOf: (key) => key.split("/", 2).join("/"),
    read: (key, options) => (raw ? readReleased(folder, key, options) : readPrepared(folder, key, options)),
  });
}

function addListedPairs(pairs: PairList, bytes: Uint8Array, list: string): void {
  const { rows, columns } = decodeNpyTable(bytes, list, FIELDS);
  const fields = [...columns.values()];
  if (fields.length < FIELDS.length) throw new FormatError(list, `expected fields ${FIELDS.join(", ")}`);
  for (let row = 0; row < rows; row++) {
    const [scene, sequence, camera1, frame1, camera2, frame2] = fields.map((column) => column[row]!);
    const key = (camera: unknown, frame: unknown): string => {
      const name = CAMERAS[String(camera)];
      if (name === undefined) throw new FormatError(list, `pair ${row} is of camera ${camera}; l or r is expected`);
      return frameKey(`${scene}/${number4(Number(sequence))}`, name, Number(frame));
    };
    pairs.add(key(camera1, frame1), key(camera2, frame2));
  }
}

async function addEveryPair(pairs: PairList, depths: string): Promise<void> {
  for (const part of await listFolders(depths)) {
    for (const sequence of await listFolders(joinPath(depths, part))) {
      const keys = Object.values(CAMERAS).flatMap((camera) =>
        FRAMES.map((frame) => frameKey(`${part}/${sequence}`, camera, frame)),
      );
      keys.forEach((first, i) => {
        for (const second of keys.slice(i + 1)) pairs.add(first, second);
      });
    }
  }
}

async function readPrepared(folder: string, key: string, { hideBackground, random }: FrameOptions): Promise<RgbdView> {
  const stem = joinPath(folder, "TRAIN", key);
  const photo = `${stem}_${anyPass(random)}.jpg`;
  const camera = await readNpzCamera(`${stem}.npz`);
  const depth = await readExrDepth(`${stem}.exr`);
  return checkedView(await decodeImage(photo), hideBackground ? withoutBackground(depth) : depth, camera, photo);
}

async function readReleased(folder: string, key: string, { hideBackground, random }: FrameOptions): Promise<RgbdView> {
  const [part = "", sequence = "", camera = "", frame = ""] = key.split("/");
  const array = (kind: string, ...path: readonly string[]) =>
    readFloat3(joinPath(folder, kind, "TRAIN", part, sequence, ...path, `${frame}.float3`));
  const calibration = await array("intrinsics");
  const pose = await array("poses", camera);
  const { shape, data } = await array("depths", camera);
  const depth = { width: shape.at(-1)!, height: shape.at(-2) ?? 1, depth: data };
  const photo = joinPath(folder, `frames_${anyPass(random)}pass`, "TRAIN", `${key}.png`);
  const posed = {
    intrinsics: parseCalibrationRows(matrixRows(calibration), calibration.path),
    worldFromCam: invertRigid(parsePoseRows(matrixRows(pose), pose.path)),
  };
  return checkedView(await decodeImage(photo), hideBackground ? withoutBackground(depth) : depth, posed, photo);
}

async function readFloat3(path: string): Promise<Float3Array & { readonly path: string }> {
  return { ...decodeFloat3(await readBytes(path), path), path };
}

function withoutBackground(image: DepthImage): DepthImage {
  return { ...image, depth: image.depth.map((z) => (z > BACKGROUND ? 0 : z)) };
}

function anyPass(random: FrameOptions["random"]): (typeof PASSES)[number] {
  return PASSES[random() < 0.5 ? 0 : 1];
}

function frameKey(sequence: string, camera: string, frame: number): string {
  return `${sequence}/${camera}/${number4(frame)}`;
}

function number4(value: number): string {
  return String(value).padStart(4, "0");
}
