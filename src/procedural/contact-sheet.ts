import { encode } from "fast-png";
import { InputError } from "../core/errors.ts";
import { depthColors, depthRange } from "../rgbd/depth-colors.ts";
import type { RgbdScene } from "../rgbd/rgbd-view.ts";

const GAP = 2;

/**
 * A PNG that shows scenes at a glance, one a row: the pictures of its views, each above its depth. Near is yellow and
 * far is violet, on a logarithmic scale of the whole scene; black has no depth.
 */
export function contactSheet(scenes: readonly RgbdScene[]): Uint8Array {
  const all = scenes.flatMap(({ views }) => views);
  if (all.length === 0) throw new InputError("a contact sheet needs at least one scene");
  const columns = Math.max(...scenes.map(({ views }) => views.length));
  const [widest, highest] = [Math.max(...all.map((view) => view.width)), Math.max(...all.map((view) => view.height))];
  const [cellWidth, cellHeight] = [widest + GAP, 2 * highest + 2 * GAP];
  const [width, height] = [columns * cellWidth, scenes.length * cellHeight];
  const data = new Uint8Array(3 * width * height).fill(40);
  scenes.forEach(({ views }, row) => {
    const range = depthRange(views.map(({ depth }) => depth));
    views.forEach((view, column) => {
      const paste = (pixels: Uint8Array, top: number): void => {
        for (let y = 0; y < view.height; y++) {
          const line = pixels.subarray(3 * y * view.width, 3 * (y + 1) * view.width);
          data.set(line, 3 * ((top + y) * width + column * cellWidth));
        }
      };
      paste(view.rgb, row * cellHeight);
      paste(depthColors(view.depth, range), row * cellHeight + view.height);
    });
  });
  return encode({ width, height, data, channels: 3 });
}
