import { joinPath } from "#platform";
import { InputError, isUserError } from "../core/errors.ts";
import { encodeNpz } from "../formats/npz.ts";
import { depthThumbnail, pairsByOverlap } from "../pairs/by-overlap.ts";
import { fittingSize, resizeView } from "../rgbd/resize-view.ts";
import type { DepthView } from "../rgbd/rgbd-view.ts";
import { readColmapPhotos } from "./colmap-cameras.ts";
import { MEGADEPTH_LIST, type MegaDepthPair, readMegaDepthPairs } from "./megadepth.ts";
import { findMegaDepthScene, megaDepthPhotos, megaDepthScenes, readMegaDepthPhoto } from "./megadepth-release.ts";
import { readPhotoExrCamera } from "./photo-exr-camera.ts";
import {
  type FinishedJobs,
  type FrameJob,
  type PreparationReport,
  prepareFrames,
  refuseNothing,
  type SkippedFrame,
  writeFile,
} from "./prepare-frames.ts";
import type { PrepareOptions } from "./prepare-options.ts";
import { writePhotoExrCamera } from "./write-photo-exr.ts";

/** Prepared photos are not larger than this, as published. */
const MOST_SIZE = { width: 800, height: 600 };

interface MegaDepthJob extends FrameJob {
  readonly photo: string;
}

/**
 * Makes MegaDepth's release (`MegaDepth_v1`, and its models, `MegaDepth_v1_SfM`) ready for training, in the layout that
 * `openMegaDepth` reads. Pairs and photos are those of the published list; without it, all photos with depth, and pairs
 * by overlap. A run that was cut off goes on.
 */
export async function prepareMegaDepth(from: string, to: string, options: PrepareOptions): Promise<PreparationReport> {
  const listed = options.pairs === undefined ? undefined : await readMegaDepthPairs(options.pairs);
  const scenes = listed === undefined ? await megaDepthScenes(from) : [...new Set(listed.map(({ scene }) => scene))];
  if (scenes.length === 0) throw new InputError(`${from}: there is no scene in it (such as 0000/dense0)`);
  const pairs: MegaDepthPair[] = [];
  const skipped: SkippedFrame[] = [];
  let [frames, reused] = [0, 0];
  for (const scene of scenes) {
    const own = listed?.filter((pair) => pair.scene === scene);
    const finished = await prepareScene(from, to, scene, own, options).catch((error: unknown) => {
      if (!isUserError(error)) throw error;
      skipped.push({ frame: scene, problem: error.message });
      return undefined;
    });
    if (finished === undefined) continue;
    const ready = new Set(finished.ready.map(({ photo }) => photo));
    const wanted = own ?? (await overlappingPairs(to, scene, [...ready]));
    pairs.push(...wanted.filter(({ first, second }) => ready.has(first) && ready.has(second)));
    skipped.push(...finished.skipped);
    frames += ready.size;
    reused += finished.reused;
  }
  refuseNothing(frames, skipped);
  await writeFile(joinPath(to, MEGADEPTH_LIST), encodeList(pairs));
  return { scenes: scenes.length, frames, reused, pairs: pairs.length, skipped };
}

async function prepareScene(
  from: string,
  to: string,
  scene: string,
  pairs: readonly MegaDepthPair[] | undefined,
  options: PrepareOptions,
): Promise<FinishedJobs<MegaDepthJob>> {
  const found = await findMegaDepthScene(from, scene);
  const photos =
    pairs === undefined
      ? await megaDepthPhotos(found)
      : [...new Set(pairs.flatMap(({ first, second }) => [first, second]))];
  const cameras = await readColmapPhotos(found.sparse);
  const jobs = photos.map((photo) => {
    const stem = joinPath(to, scene, photo);
    return {
      photo,
      name: `${scene}/${photo}`,
      finished: `${stem}.npz`,
      async run() {
        const view = await readMegaDepthPhoto(found, photo, cameras);
        await writePhotoExrCamera(stem, resizeView(view, fittingSize(view, MOST_SIZE)));
      },
    };
  });
  return prepareFrames(jobs, options);
}

async function overlappingPairs(folder: string, scene: string, photos: readonly string[]): Promise<MegaDepthPair[]> {
  const thumbnails: DepthView[] = [];
  for (const photo of photos) thumbnails.push(depthThumbnail(await readPhotoExrCamera(joinPath(folder, scene, photo))));
  return pairsByOverlap(thumbnails).map(({ first, second }) => ({
    scene,
    first: photos[first]!,
    second: photos[second]!,
  }));
}

function encodeList(pairs: readonly MegaDepthPair[]): Uint8Array {
  const numbers = (names: readonly string[]): ReadonlyMap<string, number> =>
    new Map([...new Set(names)].map((name, i) => [name, i]));
  const scenes = numbers(pairs.map(({ scene }) => scene));
  const images = numbers(pairs.flatMap(({ first, second }) => [first, second]));
  const rows = pairs.flatMap(({ scene, first, second }) => [
    scenes.get(scene)!,
    images.get(first)!,
    images.get(second)!,
  ]);
  return encodeNpz({
    scenes: { shape: [scenes.size], data: [...scenes.keys()].map((scene) => scene.replace("/", " ")) },
    images: { shape: [images.size], data: [...images.keys()] },
    pairs: { shape: [pairs.length, 3], data: Int32Array.from(rows) },
  });
}
