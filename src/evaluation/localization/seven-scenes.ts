import { joinPath, listFolders, pathContent } from "#platform";
import type { Intrinsics, Pose } from "../../core/camera.ts";
import { FormatError, InputError } from "../../core/errors.ts";
import type { View } from "../../core/view.ts";
import { parsePoseRows } from "../../formats/camera-matrices.ts";
import { unprojectDepth } from "../../geometry/camera.ts";
import { invertRigid, transformPoints } from "../../geometry/pose.ts";
import { nearestSamples } from "../../maps/nearest-samples.ts";
import { readDepthPng } from "../depth-png.ts";
import { readRows } from "../read-rows.ts";
import type { LocalizationScene, QueryPhoto } from "./localization-scene.ts";

const SCENES: ReadonlySet<string> = new Set(["chess", "fire", "heads", "office", "pumpkin", "redkitchen", "stairs"]);
const SIZE = { width: 640, height: 480 };
/** The data set has no calibration of its own; these are what everybody uses. */
const COLOR: Intrinsics = { fx: 525, fy: 525, cx: 320, cy: 240 };
const DEPTH: Intrinsics = { fx: 585, fy: 585, cx: 320, cy: 240 };
const MILLIMETER = 1e-3;
/** Stands for no measurement. */
const NOTHING = 65_535 * MILLIMETER;

/**
 * 7Scenes (Shotton et al. 2013) as released: `SCENE/TrainSplit.txt` and `TestSplit.txt` name sequences, whose frames are
 * `seq-01/frame-000000.color.png`, `.depth.png` (millimeters of the depth camera) and `.pose.txt` (4×4, world from camera).
 */
export async function sevenScenes(folder: string): Promise<readonly LocalizationScene[]> {
  const names = (await listFolders(folder)).filter((name) => SCENES.has(name));
  if (names.length === 0)
    throw new InputError(`${folder}: none of ${[...SCENES].join(", ")} is in it; 7Scenes is expected`);
  return Promise.all(names.map((name) => readScene(name, joinPath(folder, name))));
}

async function readScene(name: string, folder: string): Promise<LocalizationScene> {
  const train = new Set(await splitFrames(folder, "TrainSplit.txt"));
  const test = await splitFrames(folder, "TestSplit.txt");
  const queries = await Promise.all(
    test.map(async (frame): Promise<QueryPhoto> => {
      const path = joinPath(folder, frame);
      return { name: frame, path, intrinsics: COLOR, size: SIZE, truth: invertRigid(await readPose(path)) };
    }),
  );
  const photos = [...train].map((frame) => ({ name: frame, path: joinPath(folder, frame) }));
  const camera = async (index: number) => {
    const { path } = photos[index]!;
    const worldFromCam = await readPose(path);
    const worldPoints = (view: View) => depthPoints(path, worldFromCam, view);
    return { size: SIZE, intrinsics: COLOR, worldFromCam, worldPoints };
  };
  return { name, queries, map: async () => ({ units: "metres", photos, camera }) };
}

async function splitFrames(folder: string, file: string): Promise<readonly string[]> {
  const path = joinPath(folder, file);
  const frames: string[] = [];
  for (const [entry = ""] of await readRows(path, "a list of sequences")) {
    const sequence = `seq-${entry.replace(/\D/g, "").padStart(2, "0")}`;
    const content = await pathContent(joinPath(folder, sequence));
    const files = content.kind === "folder" ? content.files : [];
    const found = files.map((frame) => frame.split(/[\\/]/).at(-1)!).filter((frame) => frame.endsWith(".color.png"));
    if (found.length === 0) throw new InputError(`${path} names ${entry}, but ${sequence} holds no frame-*.color.png`);
    frames.push(...found.sort().map((frame) => `${sequence}/${frame}`));
  }
  return frames;
}

async function readPose(photo: string): Promise<Pose> {
  const path = photo.replace(/color\.png$/, "pose.txt");
  const rows = await readRows(path, "a pose");
  return parsePoseRows(
    rows.map((row) => row.map(Number)),
    path,
  );
}

/** The depth camera's points at the pixels of the color camera, which is taken to stand at the same place. */
async function depthPoints(photo: string, worldFromCam: Pose, view: View): Promise<Float64Array> {
  const path = photo.replace(/color\.png$/, "depth.png");
  const map = await readDepthPng(path, MILLIMETER);
  const known = map.depth.map((z) => (z < NOTHING - MILLIMETER / 2 ? z : 0));
  if (!known.some((z) => z > 0)) throw new FormatError(path, "no pixel has depth");
  const points = unprojectDepth(known, map, DEPTH);
  const nearest = nearestSamples(view, {
    count: known.length,
    x: (i) => (known[i]! > 0 ? (COLOR.fx * points[3 * i]!) / points[3 * i + 2]! + COLOR.cx : Number.NaN),
    y: (i) => (COLOR.fy * points[3 * i + 1]!) / points[3 * i + 2]! + COLOR.cy,
  });
  return transformPoints(worldFromCam, pointsOf(points, nearest));
}

/** The points at some indices, `[n, 3]`; NaN for -1. */
export function pointsOf(points: ArrayLike<number>, indices: Int32Array): Float64Array {
  const chosen = new Float64Array(3 * indices.length).fill(Number.NaN);
  indices.forEach((index, i) => {
    if (index < 0) return;
    for (let k = 0; k < 3; k++) chosen[3 * i + k] = points[3 * index + k]!;
  });
  return chosen;
}
