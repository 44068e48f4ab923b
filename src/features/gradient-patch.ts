import type { Size } from "../core/size.ts";
import type { Keypoint } from "./keypoints.ts";
import type { Workspace } from "./workspace.ts";

/** The surroundings of a keypoint whose gradients lie in the workspace, in rows of `PATCH_SIDE`. */
export interface GradientPatch extends Size {
  /** The keypoint's place in it. */
  readonly x: number;
  readonly y: number;
}

/** Takes the gradients within `radius` of a keypoint; the picture's border has none. */
export function takePatch(
  space: Workspace,
  plane: number,
  { x, y }: Pick<Keypoint, "x" | "y">,
  radius: number,
): GradientPatch {
  const { kernels, stride, lengths, turns } = space;
  const [left, top] = [Math.max(1, Math.round(x) - radius), Math.max(1, Math.round(y) - radius)];
  const width = Math.min(space.width - 2, Math.round(x) + radius) - left + 1;
  const height = Math.min(space.height - 2, Math.round(y) + radius) - top + 1;
  kernels.gradients(4 * (plane + top * stride + left), 4 * stride, 4 * lengths, 4 * turns, width, height);
  return { width, height, x: x - left, y: y - top };
}

/** Sets the weights of the patch's columns and rows to a Gaussian of that standard deviation around the keypoint. */
export function weighPatch(
  { floats, across, down }: Workspace,
  { width, height, x, y }: GradientPatch,
  sigma: number,
): void {
  fillGaussian(floats.subarray(across, across + width), x, sigma);
  fillGaussian(floats.subarray(down, down + height), y, sigma);
}

/** exp(-(k - middle)² / 2σ²): ratios of neighbors have a constant ratio themselves. */
function fillGaussian(out: Float32Array, middle: number, sigma: number): void {
  const falloff = -0.5 / sigma ** 2;
  let value = Math.exp(falloff * middle ** 2);
  let ratio = Math.exp(falloff * (1 - 2 * middle));
  const growth = Math.exp(2 * falloff);
  for (let k = 0; k < out.length; k++) {
    out[k] = value;
    value *= ratio;
    ratio *= growth;
  }
}
