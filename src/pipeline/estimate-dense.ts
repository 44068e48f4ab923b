import type { BlobStore } from "../core/blob-store.ts";
import type { DenseMap, DenseScene, DepthSize, FusedPoints, HeldDenseMap } from "../core/dense-scene.ts";
import { FROM_NETWORK } from "../core/dense-scene.ts";
import type { Picture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Scene, SceneImage } from "../core/scene.ts";
import { selectRows } from "../core/select-rows.ts";
import { sha256 } from "../core/sha256.ts";
import { type ShownPoints, shownPoints, type TrackPoints } from "../core/track-points.ts";
import type { View } from "../core/view.ts";
import { originalIntrinsics, resizedMapping } from "../geometry/pixel-mapping.ts";
import { planesOfDepth } from "../geometry/plane-map.ts";
import { depthsOf, invertRigid } from "../geometry/pose.ts";
import { bendDepth } from "../stereo/bend-depth.ts";
import { estimateDepthMaps } from "../stereo/estimate-depth-maps.ts";
import type { NetworkDepth, StereoPhoto } from "../stereo/stereo-photo.ts";

/** How depth is measured. */
export interface EstimateDenseOptions extends RunOptions {
  /** The views' photos, in the same order. */
  readonly files: readonly Picture[];
  /** Pixels along the long side of depth maps, at most. */
  readonly depthSize?: DepthSize | undefined;
  readonly seed?: number | string | undefined;
  /**
   * Where maps are kept, so that an interrupted run can go on and memory holds a few of them, and where those of the answer are
   * loaded from; all in memory when left out.
   */
  readonly store?: BlobStore | undefined;
}

const NO_POINTS: FusedPoints = {
  positions: new Float32Array(0),
  normals: new Float32Array(0),
  colors: new Uint8Array(0),
  photos: new Uint8Array(0),
};

/**
 * Depth by stereo between the photos of a scene whose cameras are exact, refined on features or given; the network's cameras
 * are too coarse to compare pixels by.
 */
export async function estimateDense(
  scene: Scene,
  views: readonly View[],
  { files, store, ...options }: EstimateDenseOptions,
): Promise<DenseScene> {
  const { chosen, photos } = stereoPhotos(scene, views, files);
  const byImage: (HeldDenseMap | undefined)[] = scene.images.map(() => undefined);
  if (photos.length < 2) return { maps: byImage, points: NO_POINTS, share: 1 };
  const place = store && { store, key: await stereoKey({ chosen, photos }, views, options) };
  const { maps, ...fused } = await estimateDepthMaps(photos, { ...options, store: place });
  for (const [k, i] of chosen.entries()) {
    const { width, height, load } = maps[k]!;
    byImage[i] = { width, height, load: async () => withinCrop(await load(), views[i]!) };
  }
  return { maps: byImage, ...fused };
}

/** Photos of a scene, as stereo takes them. */
export interface ChosenPhotos {
  /** By index among the scene's images. */
  readonly chosen: readonly number[];
  readonly photos: readonly StereoPhoto[];
}

/** Whether a photo's camera is refined on features or given, and not the network's, which is degrees off. */
export function hasExactCamera({ registered, poseSource }: SceneImage): boolean {
  return registered && (poseSource === "refined" || poseSource === "given");
}

/** The photos of a scene whose cameras are exact, by index, as stereo takes them. */
export function stereoPhotos(
  { images, tracks }: Scene,
  views: readonly View[],
  files: readonly Picture[],
): ChosenPhotos {
  const chosen = images.flatMap((image, i) => (hasExactCamera(image) ? [i] : []));
  const shown = tracks && shownPoints(tracks, images.length);
  const photos = chosen.map((i): StereoPhoto => {
    const [image, view] = [images[i]!, views[i]!];
    const exact = tracks && shown ? bent(image, tracks, shown(i)) : image;
    return {
      picture: files[i]!,
      straightening: view.straightening,
      original: view.original,
      intrinsics: originalIntrinsics(image.intrinsics, view.originalFromNetwork),
      worldFromCam: image.worldFromCam,
      network: networkDepth(exact, view),
    };
  });
  return { chosen, photos };
}

/** Part of every key: raise it when the same photos give other maps, or another layout, than before. */
const STEREO_VERSION = 3;

/** Names everything that the depth of these photos depends on: what is kept of them has keys that begin so. */
export async function stereoKey(
  { chosen, photos }: ChosenPhotos,
  views: readonly View[],
  { depthSize, seed }: Pick<EstimateDenseOptions, "depthSize" | "seed">,
): Promise<string> {
  const hashes = chosen.map((i) => views[i]!.photoHash ?? views[i]!.hash);
  const facts: unknown[] = [depthSize ?? null, seed ?? null];
  for (const [k, { straightening, intrinsics, worldFromCam, network }] of photos.entries()) {
    const { depth, confidence } = network;
    const maps = [depth, confidence].map((map) => sha256(new Uint8Array(map.slice().buffer)));
    facts.push([hashes[k], straightening ?? null, intrinsics, [...worldFromCam], ...(await Promise.all(maps))]);
  }
  return `stereo-${STEREO_VERSION}-${(await sha256(JSON.stringify(facts))).slice(0, 32)}`;
}

/** The image with its depth bent to the triangulated points that it shows. */
function bent(image: SceneImage, { positions, xy }: TrackPoints, { points, observations }: ShownPoints): SceneImage {
  const depths = depthsOf(invertRigid(image.worldFromCam), selectRows(positions, points, 3));
  const { inverseDepth } = bendDepth(planesOfDepth(image.depth, image), {
    x: Float64Array.from(observations, (k) => xy[2 * k]!),
    y: Float64Array.from(observations, (k) => xy[2 * k + 1]!),
    inverseDepth: Float64Array.from(depths, (z) => (z > 0 ? 1 / z : 0)),
  });
  return { ...image, depth: inverseDepth.map((w) => (w > 0 ? 1 / w : 0)) };
}

/** Depth and confidence at the network's resolution over all of the photo: beyond the network's crop, that of its edge. */
function networkDepth({ depth, confidence, width, height }: SceneImage, view: View): NetworkDepth {
  const { original, originalFromNetwork } = view;
  const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
  const size = { width: Math.round(original.width / scaleX), height: Math.round(original.height / scaleY) };
  const toOriginal = resizedMapping(size, original);
  const at = Int32Array.from({ length: size.width * size.height }, (_, i) => {
    const x = toOriginal.scaleX * (i % size.width) + toOriginal.offsetX;
    const y = toOriginal.scaleY * Math.floor(i / size.width) + toOriginal.offsetY;
    const column = Math.max(0, Math.min(width - 1, Math.round((x - offsetX) / scaleX)));
    const row = Math.max(0, Math.min(height - 1, Math.round((y - offsetY) / scaleY)));
    return row * width + column;
  });
  return {
    ...size,
    depth: Float32Array.from(at, (i) => depth[i]!),
    confidence: Float32Array.from(at, (i) => confidence[i]!),
  };
}

/** The map without what would be the network's beyond what the network saw. */
function withinCrop(map: DenseMap, { width, height, original, originalFromNetwork }: View): DenseMap {
  const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
  const toOriginal = resizedMapping(map, original);
  const isBeyond = (i: number): boolean => {
    const x = (toOriginal.scaleX * (i % map.width) + toOriginal.offsetX - offsetX) / scaleX;
    const y = (toOriginal.scaleY * Math.floor(i / map.width) + toOriginal.offsetY - offsetY) / scaleY;
    return x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5;
  };
  const isKept = map.source.map((source, i) => (source === FROM_NETWORK && isBeyond(i) ? 0 : 1));
  return {
    ...map,
    depth: map.depth.map((z, i) => isKept[i]! * z),
    source: map.source.map((source, i) => isKept[i]! * source),
  };
}
