import { adjustBundle } from "../adjustment/adjust-bundle.ts";
import type { Bundle, BundleCamera } from "../adjustment/bundle.ts";
import type { RunOptions } from "../core/progress.ts";
import { upperMedian } from "../core/upper-median.ts";
import { hasUnknownLens, type PosedPhoto } from "./posed-photo.ts";

/** The radial distortion of a lens: COLMAP's RADIAL model, of a focal length of `fx` and `fy` pixels. */
export interface RadialLens {
  readonly fx: number;
  readonly fy: number;
  readonly k1: number;
  readonly k2: number;
}

/** Fewer photos may be explained by several lenses and focal lengths. */
const LEAST_PHOTOS = 4;
/** Observations of a camera's photos. */
const LEAST_OBSERVATIONS = 500;
/** Into how many parts a photo's sides are divided, and the share of the fields that must have observations. */
const FIELDS = 4;
const LEAST_FIELDS = 0.75;
/** The share of observations that lie further out than the outermost of them is told by, and where they must lie, as a share of the half diagonal. */
const OUTERMOST = 0.01;
const LEAST_REACH = 0.75;
/** What a lens must add to the best pinhole camera, over the whole photo in the root mean square, in standard deviations of a feature. */
const LEAST_BEND = 1;
/** The share of the cost that must go with it. */
const LEAST_GAIN = 0.1;
/** The share of the bend by which photos may differ from it, each with a lens and a focal length of its own, in the median. */
const MOST_DIFFERENCE = 0.5;
/** A step that gains no more says nothing more about lines that are bent by pixels. */
const TOLERANCE = 1e-2;

/**
 * The lenses of an adjusted bundle's cameras that bend lines beyond doubt: undefined for the others, and where observations
 * do not cover the photos, for distortion that is not seen is anything. Photographs whose lines are straight have a bend of less
 * than a fifth of `LEAST_BEND` here, k1 = -0.03 has more than all of it. A lens is the same in all photos: what most of them do not
 * have, each by itself, is something else: wrong matches, or focal lengths that differ.
 */
export async function foundLenses(
  bundle: Bundle,
  photos: readonly PosedPhoto[],
  { signal }: RunOptions,
): Promise<readonly (RadialLens | undefined)[]> {
  const isOpen = bundle.cameras.map((_, camera) => mayBeFound(bundle, photos, camera));
  if (!isOpen.includes(true)) return bundle.cameras.map(() => undefined);
  const cameras = bundle.cameras.map((camera, i) => ({
    ...camera,
    free: { ...camera.free, distortion: isOpen[i]! },
  }));
  const how = { signal, tolerance: TOLERANCE };
  const freed = await adjustBundle({ ...bundle, cameras }, how);
  if (!(freed.cost < (1 - LEAST_GAIN) * freed.initialCost)) return bundle.cameras.map(() => undefined);
  const lenses = freed.bundle.cameras.map((camera, i) => {
    const { features, noise } = photos[bundle.photos.findIndex((photo) => photo.camera === i)]!;
    const radius = halfDiagonal(features);
    const bend = bendOf(camera, radius);
    return { camera, radius, bend, isFound: isOpen[i]! && bend > LEAST_BEND * noise };
  });
  if (!lenses.some(({ isFound }) => isFound)) return bundle.cameras.map(() => undefined);
  const { bundle: own } = await adjustBundle(withOwnCameras(freed.bundle), how);
  return lenses.map(({ camera, radius, bend, isFound }, i) => {
    const differences = own.photos.flatMap((photo, k) =>
      freed.bundle.photos[k]!.camera === i ? bendOf(differenceOf(own.cameras[photo.camera]!, camera), radius) : [],
    );
    if (!isFound || !(upperMedian(differences)! < MOST_DIFFERENCE * bend)) return undefined;
    const { fx, fy, k1 = 0, k2 = 0 } = camera;
    return { fx, fy, k1, k2 };
  });
}

/** The bundle with a camera for every photo. */
function withOwnCameras(bundle: Bundle): Bundle {
  return {
    ...bundle,
    cameras: bundle.photos.map(({ camera }) => bundle.cameras[camera]!),
    photos: bundle.photos.map((photo, camera) => ({ ...photo, camera })),
  };
}

/** A lens that moves pixels by what two lenses differ in. */
function differenceOf(a: BundleCamera, b: BundleCamera): Pick<BundleCamera, "fx" | "k1" | "k2"> {
  const ratio = a.fx / b.fx;
  return { fx: a.fx, k1: (a.k1 ?? 0) - (b.k1 ?? 0) * ratio ** 2, k2: (a.k2 ?? 0) - (b.k2 ?? 0) * ratio ** 4 };
}

/** Whether observations of enough photos, all over them, could tell of a camera's lens, of which nothing is known. */
function mayBeFound(bundle: Bundle, photos: readonly PosedPhoto[], camera: number): boolean {
  const isOfCamera = bundle.photos.map((photo) => photo.camera === camera);
  const own = photos.filter((_, i) => isOfCamera[i]);
  if (own.length < LEAST_PHOTOS || !own.every(hasUnknownLens)) return false;
  const { photo, xy } = bundle.observations;
  const fields = new Set<number>();
  const distances: number[] = [];
  for (const [k, index] of photo.entries()) {
    if (!isOfCamera[index]) continue;
    const { width, height } = photos[index]!.features;
    const [x, y] = [xy[2 * k]!, xy[2 * k + 1]!];
    fields.add(FIELDS * Math.floor((FIELDS * y) / height) + Math.floor((FIELDS * x) / width));
    const { cx, cy } = bundle.cameras[camera]!;
    distances.push(Math.hypot(x - cx, y - cy));
  }
  if (distances.length < LEAST_OBSERVATIONS || fields.size < LEAST_FIELDS * FIELDS ** 2) return false;
  const reach = distances.sort((a, b) => a - b)[Math.floor((1 - OUTERMOST) * distances.length)]!;
  return reach > LEAST_REACH * halfDiagonal(own[0]!.features);
}

function halfDiagonal({ width, height }: PosedPhoto["features"]): number {
  return Math.hypot(width, height) / 2;
}

const RINGS = 64;

/**
 * By how much a lens moves pixels from where the best pinhole camera has them: root mean square over a disk of so many pixels'
 * radius.
 */
function bendOf({ fx, k1 = 0, k2 = 0 }: Pick<BundleCamera, "fx" | "k1" | "k2">, radius: number): number {
  const rings = Array.from({ length: RINGS }, (_, i) => (radius * (i + 1)) / RINGS);
  const shiftAt = (ring: number) => ring * (k1 * (ring / fx) ** 2 + k2 * (ring / fx) ** 4);
  // Rings count by their length; a longer focal length moves pixels by a multiple of their distance.
  const sum = (value: (ring: number) => number) => rings.reduce((total, ring) => total + ring * value(ring), 0);
  const slope = sum((ring) => ring * shiftAt(ring)) / sum((ring) => ring * ring);
  return Math.sqrt(sum((ring) => (shiftAt(ring) - slope * ring) ** 2) / sum(() => 1));
}
