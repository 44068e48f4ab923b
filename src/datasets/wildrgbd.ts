import { z } from "zod";
import { decodeImage, joinPath, listFolders, pathContent, readText } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { parseCalibrationRows, parsePoseRows } from "../formats/camera-matrices.ts";
import { parseJsonText } from "../formats/json-text.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { checkedView, type DepthImage, type PhotoCamera } from "./checked-view.ts";
import type { Dataset, FrameOptions, Split } from "./dataset.ts";
import { hideBackground } from "./hide-background.ts";
import { type ObjectSequence, objectDataset, readSelection, selectionPath } from "./object-sequences.ts";
import { readNpzCamera } from "./read-camera.ts";
import { readPngDepth } from "./read-depth.ts";
import { shuffled } from "./shuffled.ts";

/** Sequences per category, of each split, and frames of each, as published. */
const SEQUENCES: Readonly<Record<Split, number>> = { train: 50, validation: 10 };
const FRAMES = 100;
const MILLIMETER = 1e-3;
const MOST_POSE_BYTES = 2 ** 26;

/**
 * WildRGB-D (Xia et al. 2024): as it is prepared for training in PyTorch (`selected_seqs_train.json`, and per category and
 * sequence `rgb/NNNNN.jpg`, `depth/NNNNN.png`, `masks/NNNNN.png`, `metadata/NNNNN.npz`), or as it is released
 * (`CATEGORY/scenes/SEQUENCE` with `rgb`, `depth` and `masks` in PNG, `metadata` and `cam_poses.txt`). Of a release, 50
 * sequences a category are drawn for training and 10 others for validation, and 100 frames of each, evenly spread.
 */
export async function openWildRgbd(folder: string, split: Split): Promise<Dataset> {
  const list = selectionPath(folder, split);
  const prepared = await readSelection(folder, split);
  if (prepared !== undefined) {
    const read = (sequence: ObjectSequence, frame: number, options: FrameOptions) =>
      readPrepared(folder, sequence, frame, options);
    return objectDataset(prepared, { name: "wildrgbd", list, read });
  }
  const sequences = await drawSequences(folder, split);
  if (sequences.length === 0) {
    throw new InputError(`${list}: there is no such file, and no release (CATEGORY/scenes/SEQUENCE/rgb) beside it`);
  }
  const read = (sequence: ObjectSequence, frame: number, options: FrameOptions) =>
    readReleased(folder, sequence, frame, options);
  return objectDataset(sequences, { name: "wildrgbd", list: folder, read });
}

async function readPrepared(
  folder: string,
  { category, name }: ObjectSequence,
  frame: number,
  options: FrameOptions,
): Promise<RgbdView> {
  const at = (kind: string, extension: string): string =>
    joinPath(folder, category, name, kind, `${number5(frame)}.${extension}`);
  const { npz, ...camera } = await readNpzCamera(at("metadata", "npz"));
  return assemble({ photo: at("rgb", "jpg"), depth: at("depth", "png"), mask: at("masks", "png") }, camera, options);
}

async function readReleased(
  folder: string,
  { category, name }: ObjectSequence,
  frame: number,
  options: FrameOptions,
): Promise<RgbdView> {
  const scene = joinPath(folder, category, "scenes", name);
  const at = (kind: string): string => joinPath(scene, kind, `${number5(frame)}.png`);
  const camera = {
    intrinsics: await readIntrinsics(joinPath(scene, "metadata")),
    worldFromCam: await readPose(joinPath(scene, "cam_poses.txt"), frame),
  };
  return assemble({ photo: at("rgb"), depth: at("depth"), mask: at("masks") }, camera, options);
}

async function assemble(
  paths: { readonly photo: string; readonly depth: string; readonly mask: string },
  camera: PhotoCamera,
  options: FrameOptions,
): Promise<RgbdView> {
  const depth: DepthImage = await readPngDepth(paths.depth, MILLIMETER);
  const shown = options.hideBackground ? await hideBackground(depth, paths.mask) : depth;
  return checkedView(await decodeImage(paths.photo), shown, camera, paths.photo);
}

const metadataSchema = z.object({ K: z.array(z.number()).length(9) });

/** The matrix is stored column by column. */
async function readIntrinsics(path: string): Promise<PhotoCamera["intrinsics"]> {
  const text = await readText(path);
  if (text === undefined)
    throw new InputError(`${path}: there is no such file; the sequence's intrinsics are expected`);
  const parsed = metadataSchema.safeParse(parseJsonText(text, path));
  if (!parsed.success) throw new FormatError(path, z.prettifyError(parsed.error).replaceAll("\n", " "));
  const { K } = parsed.data;
  return parseCalibrationRows(
    [0, 1, 2].map((row) => [K[row], K[3 + row], K[6 + row]]),
    path,
  );
}

/** A line is a frame's number and 16 numbers of its world-from-camera pose. */
async function readPose(path: string, frame: number): Promise<PhotoCamera["worldFromCam"]> {
  const text = await readText(path, MOST_POSE_BYTES);
  const line = text?.split("\n").find((each) => Number(each.trim().split(/\s+/)[0]) === frame && each.trim() !== "");
  if (line === undefined) throw new FormatError(path, `has no pose of frame ${frame}`);
  const values = line.trim().split(/\s+/).map(Number);
  return parsePoseRows(
    [1, 5, 9, 13].map((from) => values.slice(from, from + 4)),
    `${path}, frame ${frame}`,
  );
}

async function drawSequences(folder: string, split: Split): Promise<readonly ObjectSequence[]> {
  const drawn: ObjectSequence[] = [];
  for (const category of await listFolders(folder)) {
    const names = shuffled(await listFolders(joinPath(folder, category, "scenes")), `wildrgbd ${category}`);
    // A small category gives validation its sixth first.
    const held = Math.min(SEQUENCES.validation, Math.floor(names.length / 6));
    const chosen = split === "validation" ? names.slice(0, held) : names.slice(held, held + SEQUENCES.train);
    for (const name of chosen.sort()) {
      const frames = await framesOf(joinPath(folder, category, "scenes", name, "rgb"));
      drawn.push({ category, name, frames });
    }
  }
  return drawn;
}

async function framesOf(folder: string): Promise<readonly number[]> {
  const content = await pathContent(folder);
  const files = content.kind === "folder" ? content.files : [];
  const frames = files
    .flatMap((path) => /(\d+)\.png$/.exec(path)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  const count = Math.min(FRAMES, frames.length);
  return Array.from(
    { length: count },
    (_, i) => frames[Math.round((i * (frames.length - 1)) / Math.max(1, count - 1))]!,
  );
}

function number5(value: number): string {
  return String(value).padStart(5, "0");
}
