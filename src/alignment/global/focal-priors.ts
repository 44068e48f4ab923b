import type { ImageHessian } from "./hessian.ts";
import { cameraOffset, FOCAL, type World } from "./world.ts";

/** A pull of focal lengths towards what is likely beforehand, on top of the objective. */
export interface FocalPriors {
  /** By image, in pixels; undefined where nothing is known. */
  readonly focals: readonly (number | undefined)[];
  /** The cost is strength · distance / (2 images) · Σ (log(f / likely f) / `FOCAL_DEVIATION`)². */
  readonly strength: number;
  /** A typical distance of what the cameras see. */
  readonly distance: number;
}

/** How wrong a likely focal length usually is, as a logarithm: lenses breathe, zooms are rounded, photos cropped a little. */
const FOCAL_DEVIATION = 0.12;

/** The pull's part of the cost; its derivatives are added to `gradient`. */
export function addFocalPriors({ cameras }: World, priors: FocalPriors, gradient: Float64Array): number {
  const factor = curvatureOf(priors, cameras.length);
  let loss = 0;
  priors.focals.forEach((focal, image) => {
    if (focal === undefined) return;
    const offset = Math.log(cameras[image]!.intrinsics.fx / focal);
    loss += (factor * offset ** 2) / 2;
    gradient[cameraOffset(image) + FOCAL]! += factor * offset;
  });
  return loss;
}

/** Adds the pull's curvature to the Hessians of the images. */
export function addFocalCurvature(priors: FocalPriors, hessians: readonly ImageHessian[]): void {
  const factor = curvatureOf(priors, hessians.length);
  priors.focals.forEach((focal, image) => {
    if (focal === undefined) return;
    const { matrix, size } = hessians[image]!;
    matrix[FOCAL * size + FOCAL]! += factor;
  });
}

function curvatureOf({ strength, distance }: FocalPriors, images: number): number {
  return (strength * distance) / (images * FOCAL_DEVIATION ** 2);
}
