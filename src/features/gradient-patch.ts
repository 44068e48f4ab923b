import type { Size } from "../core/size.ts";
import type { Keypoint } from "./keypoints.ts";
import { PATCH_SIDE, type Workspace } from "./workspace.ts";

/** The surroundings of a keypoint whose gradients lie in the workspace, in rows of `PATCH_SIDE`. */
export interface GradientPatch extends Size {
  readonly left: number;
  readonly top: number;
}

/** Takes the gradients within `radius` of a keypoint; the picture's border has none. */
export function takePatch(space: Workspace, plane: number, { x, y }: Keypoint, radius: number): GradientPatch {
  const { kernels, stride, lengths, turns } = space;
  const [left, top] = [Math.max(1, Math.round(x) - radius), Math.max(1, Math.round(y) - radius)];
  const width = Math.min(space.width - 2, Math.round(x) + radius) - left + 1;
  const height = Math.min(space.height - 2, Math.round(y) + radius) - top + 1;
  for (let row = 0; row < height; row++) {
    const from = plane + (top + row) * stride + left;
    const to = row * PATCH_SIDE;
    kernels.gradients(4 * from, 4 * stride, 4 * (lengths + to), 4 * (turns + to), 4 * width);
  }
  return { left, top, width, height };
}

/** Sets `weights`, for each column, to a Gaussian around `x` of the given standard deviation. */
export function weighColumns(
  { floats, weights }: Workspace,
  { left, width }: GradientPatch,
  x: number,
  sigma: number,
): void {
  const falloff = -0.5 / sigma ** 2;
  for (let column = 0; column < width; column++) {
    floats[weights + column] = Math.exp(falloff * (left + column - x) ** 2);
  }
}
