import { decodeImage, joinPath } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";
import { straighteningOf } from "../images/straightening.ts";
import { straighten } from "../images/undistort.ts";
import { overlapMatrix } from "../rgbd/overlap.ts";
import { coveringSize, resizeView } from "../rgbd/resize-view.ts";
import type { RgbdScene, RgbdView } from "../rgbd/rgbd-view.ts";
import { hasPosedDepth, type PosedDepthImage, readSceneFile } from "../scene-file/read-scene-file.ts";
import { readStoredMap } from "../scene-file/stored-map.ts";
import type { Split } from "./dataset.ts";

/** Every so many pairs, one is held out. */
const HELD_OUT = 5;

/**
 * Photos of one place with poses and depth as a scene to train on: a folder with a `scene.json`. Of the pairs that see
 * something in common every fifth belongs to `validation`, the others to `train`; in the scene's `overlap` the pairs of the
 * other split have −∞, so that they are never chosen. Photos are made as small as still covers `least`.
 * @throws InputError, FormatError for a folder with fewer than two such pairs, or a file that does not fit
 */
export async function openPhotoScene(folder: string, split: Split, least: Size): Promise<RgbdScene> {
  const { path, images } = await readSceneFile(joinPath(folder, "scene.json"));
  const views: RgbdView[] = [];
  for (const image of images.filter(hasPosedDepth)) views.push(await readView(folder, image, least));
  const stride = Math.max(1, Math.round(Math.min(...views.map(({ width }) => width)) / 32));
  const overlap = overlapMatrix(views, stride);
  const pairs = overlappingPairs(overlap, views.length);
  if (pairs.length < 2) {
    const found = `${views.length} photos with K, world_from_cam and depth, of which ${pairs.length} pairs overlap`;
    throw new InputError(`${path}: ${found}; training needs at least two such pairs, one of them to be held out`);
  }
  const kept = new Float32Array(overlap.length).fill(Number.NEGATIVE_INFINITY);
  for (const [number, [i, j]] of pairs.entries()) {
    if ((number % HELD_OUT === 1) !== (split === "validation")) continue;
    for (const at of [i * views.length + j, j * views.length + i]) kept[at] = overlap[at]!;
  }
  return { views, overlap: kept };
}

async function readView(folder: string, image: PosedDepthImage, least: Size): Promise<RgbdView> {
  const { file, width, height, intrinsics, worldFromCam } = image;
  const path = joinPath(folder, file);
  const photo = await decodeImage(path);
  if (photo.width !== width || photo.height !== height) {
    throw new FormatError(path, `found ${photo.width}x${photo.height} pixels; scene.json says ${width}x${height}`);
  }
  const depth = await readStoredMap(folder, image.depth, photo);
  const straightening = image.lens === null ? undefined : straighteningOf(image.lens, { name: file, original: photo });
  const straight = straightening ? straighten(photo, straightening) : photo;
  const view = { ...straight, depth, intrinsics, worldFromCam };
  const size = coveringSize(view, least);
  return size.width < width ? resizeView(view, size) : view;
}

/** Unordered pairs that see something in common, in the order of the photos. */
function overlappingPairs(overlap: Float32Array, views: number): (readonly [number, number])[] {
  return Array.from({ length: views }, (_, i) => i).flatMap((i) =>
    Array.from({ length: views - i - 1 }, (_, k) => [i, i + 1 + k] as const).filter(([, j]) => {
      return overlap[i * views + j]! + overlap[j * views + i]! > 0;
    }),
  );
}
