import type { Intrinsics } from "../core/camera.ts";
import { InputError } from "../core/errors.ts";
import type { Size } from "../core/size.ts";
import { upperMedian } from "../core/upper-median.ts";
import { medianRatio } from "../geometry/median-ratio.ts";
import { scaleTranslation } from "../geometry/pose.ts";
import { depthAt } from "../geometry/surface-depth.ts";
import type { KnownDistance } from "./align-options.ts";
import type { ImageEvidence } from "./prediction-summary.ts";
import type { ImageEstimate } from "./scene-images.ts";

/** Meters per unit of the scene, by a known distance between two pixels of an image. */
export function metersPerUnit(estimates: readonly ImageEstimate[], known: KnownDistance): number {
  const { size, intrinsics, placement } = estimates[known.image]!;
  return metersPerUnitOf({ ...size, intrinsics, depth: placement?.depth }, known);
}

/** A depth map `[height, width]`, and the camera that it is of; undefined where the photo has none. */
export interface DepthOfCamera extends Size {
  readonly intrinsics: Intrinsics;
  readonly depth: Float32Array | undefined;
}

/** Meters per unit of a depth map, by a known distance between two of its pixels. */
export function metersPerUnitOf(map: DepthOfCamera, { image, pixel1, pixel2, meters }: KnownDistance): number {
  const [a, b] = [pointAt(map, pixel1, image), pointAt(map, pixel2, image)];
  const distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  if (!(distance > 0)) throw new InputError(`both ends of the known distance in image ${image} are the same point`);
  return meters / distance;
}

/**
 * Meters per unit of a component, by predictions in meters: the median over its images of how much farther each is in
 * the prediction of its strongest pair. Undefined where none of them has one.
 */
export function predictedMetersPerUnit(
  estimates: readonly ImageEstimate[],
  evidence: readonly ImageEvidence[],
  component: number,
): number | undefined {
  const ratios = estimates.flatMap(({ placement }, i) => {
    const pointmap = evidence[i]!.strongest?.pointmap1;
    if (placement?.component !== component || pointmap === undefined) return [];
    const predicted = placement.depth.map((_, pixel) => pointmap[3 * pixel + 2]!);
    return medianRatio(predicted, placement.depth) ?? [];
  });
  return upperMedian(ratios);
}

/** The images of one component in another unit. */
export function scaleComponent(
  estimates: readonly ImageEstimate[],
  component: number | undefined,
  factor: number,
): ImageEstimate[] {
  return estimates.map((estimate) => {
    const { placement } = estimate;
    if (placement === undefined || placement.component !== component) return estimate;
    const worldFromCam = scaleTranslation(placement.worldFromCam, factor);
    return { ...estimate, placement: { ...placement, worldFromCam, depth: placement.depth.map((z) => factor * z) } };
  });
}

/** What a pixel shows, in the camera's frame: the same as in the depth map of the original photo. */
function pointAt(
  { width, height, intrinsics, depth }: DepthOfCamera,
  pixel: readonly [number, number],
  image: number,
): [number, number, number] {
  const [x, y] = pixel;
  const z = depth ? depthAt(depth, { width, height }, pixel) : 0;
  if (!(z > 0)) throw new InputError(`image ${image} has no depth at the pixel (${x}, ${y}) of the known distance`);
  return [((x - intrinsics.cx) / intrinsics.fx) * z, ((y - intrinsics.cy) / intrinsics.fy) * z, z];
}
