import { joinPath, pathContent, readBytes } from "#platform";
import { FormatError, isUserError } from "../core/errors.ts";
import { encodeNpz, openNpz } from "../formats/npz.ts";
import { depthThumbnail, pairsByOverlap } from "../pairs/by-overlap.ts";
import type { DepthView, PosedCamera } from "../rgbd/rgbd-view.ts";
import { METADATA, MILLIMETER } from "./metadata-set.ts";
import {
  type FrameJob,
  type PreparationReport,
  prepareFrames,
  refuseNothing,
  type SkippedFrame,
  writeFile,
} from "./prepare-frames.ts";
import type { PrepareOptions } from "./prepare-options.ts";
import { readPngDepth } from "./read-depth.ts";
import { textsOf } from "./texts-of.ts";

/** The published choice of a scene's photos, and pairs of them. */
const SELECTION = "selected_pairs.npz";
/** Photos of a scene without such a choice. */
const MOST_PHOTOS = 200;

/** A photo to be prepared: `finished` is its depth. */
export interface MetadataJob extends FrameJob {
  readonly image: string;
  /** Of the prepared photo. */
  readonly camera: PosedCamera;
}

/** What preparations in this form differ in. */
export interface MetadataRelease {
  readonly scenes: readonly string[];
  /** The names of a scene's photos, without their endings, in order. */
  readonly photos: (scene: string) => Promise<readonly string[]>;
  /** The work for photos of a scene; those that cannot even be begun with the reason. */
  readonly jobs: (
    scene: string,
    photos: readonly string[],
  ) => Promise<{ readonly jobs: readonly MetadataJob[]; readonly skipped: readonly SkippedFrame[] }>;
}

interface PreparedFrame {
  readonly scene: number;
  readonly image: string;
  readonly camera: PosedCamera;
}

/** Prepares all scenes and writes `all_metadata.npz`, as `openMetadataSet` reads it. */
export async function prepareMetadataSet(
  to: string,
  { scenes, photos, jobs }: MetadataRelease,
  options: PrepareOptions,
): Promise<PreparationReport> {
  const frames: PreparedFrame[] = [];
  const pairs: number[] = [];
  const skipped: SkippedFrame[] = [];
  let reused = 0;
  for (const [scene, name] of scenes.entries()) {
    const selection = await readSelection(name, options.pairs);
    const begun = await jobs(name, selection?.images ?? evenlySpread(await photos(name))).catch((error: unknown) => {
      if (!isUserError(error)) throw error;
      return { jobs: [], skipped: [{ frame: name, problem: error.message }] };
    });
    const finished = await prepareFrames(begun.jobs, options);
    const first = frames.length;
    const places = new Map(finished.ready.map(({ image }, i) => [image, first + i]));
    frames.push(...finished.ready.map(({ image, camera }) => ({ scene, image, camera })));
    const wanted = selection?.pairs ?? (await overlappingPairs(finished.ready));
    for (const [one, other, score] of wanted) {
      const [i, j] = [places.get(one), places.get(other)];
      if (i !== undefined && j !== undefined) pairs.push(i, j, score);
    }
    skipped.push(...begun.skipped, ...finished.skipped);
    reused += finished.reused;
  }
  refuseNothing(frames.length, skipped);
  await writeFile(joinPath(to, METADATA), encodeMetadata(scenes, frames, pairs));
  return { scenes: scenes.length, frames: frames.length, reused, pairs: pairs.length / 3, skipped };
}

interface Selection {
  readonly images: readonly string[];
  readonly pairs: readonly (readonly [string, string, number])[];
}

async function readSelection(scene: string, folder: string | undefined): Promise<Selection | undefined> {
  if (folder === undefined) return undefined;
  const path = joinPath(folder, scene, SELECTION);
  // The published lists leave scenes out that have too few good photos.
  if ((await pathContent(path)).kind === "missing") return { images: [], pairs: [] };
  const npz = await openNpz(await readBytes(path), path);
  const images = textsOf(npz.read("selection"), path).map((name) => name.replace(/\.(png|jpe?g)$/i, ""));
  const { rows, columns } = npz.readTable("pairs", ["first", "second"]);
  const [firsts, seconds, scores] = [...columns.values()];
  const pairs = Array.from({ length: rows }, (_, row) => {
    const [first, second] = [images[Number(firsts?.[row])], images[Number(seconds?.[row])]];
    if (first === undefined || second === undefined)
      throw new FormatError(path, `pair ${row} is of photos that it does not list`);
    return [first, second, Number(scores?.[row] ?? 1)] as const;
  });
  return { images, pairs };
}

function evenlySpread(photos: readonly string[]): string[] {
  const count = Math.min(photos.length, MOST_PHOTOS);
  return Array.from({ length: count }, (_, i) => photos[Math.floor((i * photos.length) / count)]!);
}

async function overlappingPairs(jobs: readonly MetadataJob[]): Promise<(readonly [string, string, number])[]> {
  const thumbnails: DepthView[] = [];
  for (const { finished, camera } of jobs) {
    const { depth } = await readPngDepth(finished, MILLIMETER);
    thumbnails.push(depthThumbnail({ ...camera, depth }));
  }
  return pairsByOverlap(thumbnails).map(({ first, second, score }) => [jobs[first]!.image, jobs[second]!.image, score]);
}

function encodeMetadata(
  scenes: readonly string[],
  frames: readonly PreparedFrame[],
  pairs: readonly number[],
): Uint8Array {
  const calibrations = frames.flatMap(
    ({
      camera: {
        intrinsics: { fx, fy, cx, cy },
      },
    }) => [fx, 0, cx, 0, fy, cy, 0, 0, 1],
  );
  const poses = frames.flatMap(({ camera }) => Array.from(camera.worldFromCam));
  return encodeNpz({
    scenes: { shape: [scenes.length], data: scenes },
    sceneids: { shape: [frames.length], data: Int32Array.from(frames, ({ scene }) => scene) },
    images: { shape: [frames.length], data: frames.map(({ image }) => image) },
    intrinsics: { shape: [frames.length, 3, 3], data: Float32Array.from(calibrations) },
    trajectories: { shape: [frames.length, 4, 4], data: Float32Array.from(poses) },
    pairs: { shape: [pairs.length / 3, 3], data: Float64Array.from(pairs) },
  });
}
