import type { ViewPair } from "../../core/view.ts";
import { multiply3, subtract, transpose3 } from "../../geometry/mat3.ts";
import { vectorFromRotation } from "../../geometry/rotation.ts";
import { type ImageHessian, lowerIndex } from "./hessian.ts";
import { cameraOffset, edgeOffset, WORLD_CAMERA_DOF, WORLD_EDGE_DOF, type World } from "./world.ts";

/**
 * A weak quadratic regularizer that keeps every pair's frame near the camera of its view 1, whose frame it is by the
 * network's definition. The paper's objective leaves a pair free to rotate and move against that camera, and with it
 * whole chains of images free to bend; the regularizer fixes these weakly determined directions.
 */
export interface FrameTies {
  readonly pairs: readonly ViewPair[];
  /**
   * The cost is strength · distance / (2 images) · Σ over the pairs of (translation / distance)² + (rotation angle in
   * radians)².
   */
  readonly strength: number;
  /** A typical distance of what the cameras see. */
  readonly distance: number;
}

/** The regularizer's cost; its derivatives are added to `gradient`. */
export function addTies(world: World, { pairs, strength, distance }: FrameTies, gradient: Float64Array): number {
  const factor = (strength * distance) / world.cameras.length;
  let loss = 0;
  pairs.forEach(({ view1 }, edge) => {
    const camera = cameraOffset(view1);
    const pair = edgeOffset(world.cameras.length, edge);
    offsetOf(world, view1, edge).forEach((offset, k) => {
      const unit = k < 3 ? distance : 1;
      const derivative = (factor * offset) / unit ** 2;
      loss += (derivative * offset) / 2;
      gradient[pair + k]! += derivative;
      gradient[camera + k]! -= derivative;
    });
  });
  return loss;
}

/** Adds the regularizer's second derivatives to the Hessians of the images. */
export function addTieCurvature({ pairs, strength, distance }: FrameTies, hessians: readonly ImageHessian[]): void {
  const factor = (strength * distance) / hessians.length;
  pairs.forEach(({ view1 }, edge) => {
    const { matrix, edges } = hessians[view1]!;
    const first = WORLD_CAMERA_DOF + WORLD_EDGE_DOF * edges.indexOf(edge);
    for (let k = 0; k < 6; k++) {
      const curvature = factor / (k < 3 ? distance : 1) ** 2;
      matrix[lowerIndex(k, k)]! += curvature;
      matrix[lowerIndex(first + k, first + k)]! += curvature;
      matrix[lowerIndex(first + k, k)]! -= curvature;
    }
  });
}

/** From a camera to a pair's frame: translation (3) and rotation vector (3). */
function offsetOf({ cameras, edges }: World, view1: number, edge: number): number[] {
  const { rotation, center } = cameras[view1]!;
  const pair = edges[edge]!;
  const turn = multiply3(pair.rotation, transpose3(rotation));
  return [...subtract(pair.translation, center), ...vectorFromRotation(turn)];
}
