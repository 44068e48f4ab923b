import { type Correspondences, type EstimatedCamera, scoreCamera, squaredErrors } from "./estimated-camera.ts";
import { type RefineOptions, refineCamera } from "./refine-camera.ts";

/** A camera, and whether refinement at every scale returns to it. */
export interface SettledCamera {
  readonly camera: EstimatedCamera;
  readonly isSettled: boolean;
  /** By how much it lowers the MSAC cost of explaining nothing, in pixels². */
  readonly explained: number;
}

/** A better camera explains at least this much more; less is the choice between equals. */
const LEAST_GAIN = 0.01;
const MOST_ROUNDS = 5;
/** Two cameras are one when they share this much of what either of them explains. */
const SAME_SHARE = 0.5;

/**
 * The camera at the end of graduated refinements: from the start, and from each better camera, once more with the
 * threshold and the scale of the loss `widths` times as large and then as they are. A camera that explains one part of
 * the scene alone is thereby refined to the one that explains all. It is settled when all widths come back to it: one
 * that they leave for others that explain no more is one of many, and none of them can be relied on.
 */
export function settleCamera(
  start: EstimatedCamera,
  data: Correspondences,
  { widths, ...refine }: RefineOptions & { readonly widths: readonly number[] },
): SettledCamera {
  const { threshold, lossScale } = refine;
  let camera = refineCamera(start, data, refine);
  let explained = explainedCost(camera, data, threshold);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const others = widths.map((width) => {
      const wide = { ...refine, threshold: width * threshold, lossScale: width * lossScale };
      return refineCamera(refineCamera(camera, data, wide), data, refine);
    });
    const costs = others.map((other) => explainedCost(other, data, threshold));
    const best = costs.indexOf(Math.max(...costs));
    if (!(costs[best]! > (1 + LEAST_GAIN) * explained)) {
      return {
        camera,
        explained,
        isSettled: others.every((other) => isSameCamera(camera, other, { data, threshold })),
      };
    }
    camera = others[best]!;
    explained = costs[best]!;
  }
  return { camera, explained, isSettled: false };
}

/** By how much a camera lowers the MSAC cost of explaining nothing. */
function explainedCost(camera: EstimatedCamera, data: Correspondences, threshold: number): number {
  return data.count * threshold * threshold - scoreCamera(camera, data, threshold).cost;
}

/** True for cameras that explain mostly the same correspondences. */
export function isSameCamera(
  camera1: EstimatedCamera,
  camera2: EstimatedCamera,
  { data, threshold }: { readonly data: Correspondences; readonly threshold: number },
): boolean {
  const errors1 = squaredErrors(camera1, data);
  const errors2 = squaredErrors(camera2, data);
  const limit = threshold * threshold;
  let [both, either] = [0, 0];
  for (let i = 0; i < data.count; i++) {
    const [is1, is2] = [errors1[i]! < limit, errors2[i]! < limit];
    if (is1 && is2) both++;
    if (is1 || is2) either++;
  }
  return both > SAME_SHARE * either;
}
