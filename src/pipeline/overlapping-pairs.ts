import { joinPath, pathContent } from "#platform";
import type { RunOptions } from "../core/progress.ts";
import { depthThumbnail, type OverlapSelection, pairsByOverlap } from "../pairs/by-overlap.ts";
import type { SelectedPair } from "../pairs/selected-pair.ts";
import type { DepthView } from "../rgbd/rgbd-view.ts";
import { hasPosedDepth, type PosedDepthImage, readSceneFile } from "../scene-file/read-scene-file.ts";
import { readStoredMap } from "../scene-file/stored-map.ts";

/** Pairs of a scene whose depth and poses tell what its photos have in common. */
export interface OverlappingPairs {
  /** The photos that have both, by the names that the scene has for them. */
  readonly photos: readonly string[];
  /** How many have not. */
  readonly without: number;
  /** By indices into `photos`. */
  readonly pairs: readonly SelectedPair[];
}

/**
 * The pairs of a folder with a `scene.json`, by `pairsByOverlap`; undefined where there is no such file, or fewer than two of its
 * photos have depth and pose. Throws a `FormatError` that names what is wrong with a photo's calibration, pose or depth.
 */
export async function overlappingPairs(
  folder: string,
  selection: OverlapSelection,
  { onProgress, signal }: RunOptions = {},
): Promise<OverlappingPairs | undefined> {
  const path = joinPath(folder, "scene.json");
  if ((await pathContent(path)).kind !== "file") return undefined;
  const { images } = await readSceneFile(path);
  const known = images.filter(hasPosedDepth);
  if (known.length < 2) return undefined;
  const views: DepthView[] = [];
  for (const [i, image] of known.entries()) {
    signal?.throwIfAborted();
    views.push(await readThumbnail(folder, image));
    onProgress?.({ stage: "images", done: i + 1, total: known.length, item: image.file });
  }
  return {
    photos: known.map(({ file }) => file),
    without: images.length - known.length,
    pairs: pairsByOverlap(views, selection),
  };
}

async function readThumbnail(folder: string, image: PosedDepthImage): Promise<DepthView> {
  const { width, height, intrinsics, worldFromCam } = image;
  const depth = await readStoredMap(folder, image.depth, image);
  return depthThumbnail({ width, height, depth, intrinsics, worldFromCam });
}
