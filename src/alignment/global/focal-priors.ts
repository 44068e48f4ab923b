import { EXIF_DEVIATION } from "../likely-focal.ts";
import type { ImageSummary } from "../prediction-summary.ts";
import { type ImageHessian, lowerIndex } from "./hessian.ts";
import { cameraOffset, FOCAL, type World } from "./world.ts";

/** A focal length that is likely beforehand, in pixels, and how wrong it usually is, as a logarithm. */
export interface FocalPrior {
  readonly focal: number;
  readonly deviation: number;
}

/** A quadratic prior on the logarithms of focal lengths, added to the objective. */
export interface FocalPriors {
  /** By image; undefined where nothing is known. */
  readonly priors: readonly (FocalPrior | undefined)[];
  /** The cost is strength · distance / (2 images) · Σ (log(f / likely f) / deviation)². */
  readonly strength: number;
  /** A typical distance of what the cameras see. */
  readonly distance: number;
}

/** What is likely of an image's focal length. */
export function focalPrior({ likelyFocal }: ImageSummary): FocalPrior | undefined {
  return likelyFocal === undefined ? undefined : { focal: likelyFocal, deviation: EXIF_DEVIATION };
}

/** The prior's cost; its derivatives are added to `gradient`. */
export function addFocalPriors(
  { cameras }: World,
  { priors, strength, distance }: FocalPriors,
  gradient: Float64Array,
): number {
  let loss = 0;
  priors.forEach((prior, image) => {
    if (prior === undefined) return;
    const curvature = (strength * distance) / (cameras.length * prior.deviation ** 2);
    const offset = Math.log(cameras[image]!.intrinsics.fx / prior.focal);
    loss += (curvature * offset ** 2) / 2;
    gradient[cameraOffset(image) + FOCAL]! += curvature * offset;
  });
  return loss;
}

/** Adds the prior's second derivatives to the Hessians of the images. */
export function addFocalCurvature(
  { priors, strength, distance }: FocalPriors,
  hessians: readonly ImageHessian[],
): void {
  priors.forEach((prior, image) => {
    if (prior === undefined) return;
    const { matrix } = hessians[image]!;
    matrix[lowerIndex(FOCAL, FOCAL)]! += (strength * distance) / (hessians.length * prior.deviation ** 2);
  });
}
