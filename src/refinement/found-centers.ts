import { adjustBundle } from "../adjustment/adjust-bundle.ts";
import type { Bundle } from "../adjustment/bundle.ts";
import type { RunOptions } from "../core/progress.ts";
import { hasUnknownLens, type PosedPhoto } from "./posed-photo.ts";

/** A principal point, in original pixels. */
export type Center = readonly [cx: number, cy: number];

/** Fewer photos may be explained by several principal points and focal lengths. */
const LEAST_PHOTOS = 4;
/** Observations of a camera's photos. */
const LEAST_OBSERVATIONS = 300;
/** The share of the cost that must go with principal points that are free. */
const LEAST_GAIN = 0.4;
/** Shares of the photo's sides by which a principal point that is believed lies beside the middle. */
const LEAST_OFFSET = 0.02;
const MOST_OFFSET = 0.3;
/** So many photos of one size with the same principal point tell of the others'. */
const LEAST_ALIKE = 3;
/** The gain shows in the first steps; where principal points are, only in many: turning and moving them is nearly the same. */
const EARLY_TOLERANCE = 1e-2;
const FINAL_TOLERANCE = 1e-6;

/**
 * The principal points of an adjusted bundle's cameras, by camera, where they lie beside the middle beyond doubt: photos were cropped.
 * Undefined for the others, for those with lenses that are known, and for all where the middle explains the observations about as well.
 */
export async function foundCenters(
  bundle: Bundle,
  photos: readonly PosedPhoto[],
  { signal }: RunOptions,
): Promise<readonly (Center | undefined)[]> {
  const none = bundle.cameras.map(() => undefined);
  const isFree = camerasToFree(bundle, photos);
  if (!isFree.includes(true)) return none;
  const cameras = bundle.cameras.map((camera, i) => ({
    ...camera,
    free: { ...camera.free, principalPoint: isFree[i]! },
  }));
  const early = await adjustBundle({ ...bundle, cameras }, { signal, tolerance: EARLY_TOLERANCE });
  if (!(early.cost < (1 - LEAST_GAIN) * early.initialCost)) return none;
  const { bundle: freed, cost } = await adjustBundle(early.bundle, { signal, tolerance: FINAL_TOLERANCE });
  // Some of the cost may go without them.
  const centered = await adjustBundle(bundle, { signal, tolerance: FINAL_TOLERANCE });
  if (!(cost < (1 - LEAST_GAIN) * centered.cost)) return none;
  return freed.cameras.map(({ cx, cy }, i) => {
    const { width, height } = photos[bundle.photos.findIndex(({ camera }) => camera === i)]!.features;
    const offset = Math.hypot((cx - bundle.cameras[i]!.cx) / width, (cy - bundle.cameras[i]!.cy) / height);
    return isFree[i] && offset > LEAST_OFFSET && offset < MOST_OFFSET ? [cx, cy] : undefined;
  });
}

/** By camera, whether observations could tell of its principal point, of which nothing is known. */
function camerasToFree({ cameras, photos: placed, observations }: Bundle, photos: readonly PosedPhoto[]): boolean[] {
  const counts = new Uint32Array(cameras.length);
  for (const photo of observations.photo) counts[placed[photo]!.camera]!++;
  const known = new Set(placed.flatMap(({ camera }, i) => (hasUnknownLens(photos[i]!) ? [] : [camera])));
  return cameras.map((_, i) => placed.length >= LEAST_PHOTOS && !known.has(i) && counts[i]! >= LEAST_OBSERVATIONS);
}

/** Photos with the principal points that were found; those of which none was have that of others of their size, if these agree. */
export function withCenters(photos: readonly PosedPhoto[], centers: readonly (Center | undefined)[]): PosedPhoto[] {
  const sizeOf = ({ features: { width, height } }: PosedPhoto) => `${width}×${height}`;
  const found = new Map<string, Center[]>();
  for (const [i, center] of centers.entries())
    if (center) found.set(sizeOf(photos[i]!), [...(found.get(sizeOf(photos[i]!)) ?? []), center]);
  return photos.map((photo, i) => {
    const center =
      centers[i] ?? (hasUnknownLens(photo) ? commonCenter(found.get(sizeOf(photo)) ?? [], photo) : undefined);
    return center ? { ...photo, intrinsics: { ...photo.intrinsics, cx: center[0], cy: center[1] } } : photo;
  });
}

function commonCenter(centers: readonly Center[], { features: { width, height } }: PosedPhoto): Center | undefined {
  const mean = [0, 1].map((axis) => centers.reduce((sum, center) => sum + center[axis]! / centers.length, 0));
  const [cx, cy] = mean as [number, number];
  const areAlike = centers.every(([x, y]) => Math.hypot((x - cx) / width, (y - cy) / height) < LEAST_OFFSET);
  return centers.length >= LEAST_ALIKE && areAlike ? [cx, cy] : undefined;
}
