import { encode } from "fast-png";
import { InputError } from "../core/errors.ts";
import type { GeneratedScene, GeneratedView } from "./procedural/generate-scene.ts";

const GAP = 2;

/**
 * A PNG that shows scenes at a glance, one a row: the pictures of its views, each above its depth. Near is yellow and
 * far is violet, on a logarithmic scale of the whole scene; black has no depth.
 */
export function contactSheet(scenes: readonly GeneratedScene[]): Uint8Array {
  const first = scenes[0]?.views[0];
  if (first === undefined) throw new InputError("a contact sheet needs at least one scene");
  const columns = Math.max(...scenes.map(({ views }) => views.length));
  const [cellWidth, cellHeight] = [first.width + GAP, 2 * first.height + 2 * GAP];
  const [width, height] = [columns * cellWidth, scenes.length * cellHeight];
  const data = new Uint8Array(3 * width * height).fill(40);
  scenes.forEach(({ views }, row) => {
    const range = depthRange(views);
    views.forEach((view, column) => {
      const paste = (pixels: Uint8Array, top: number): void => {
        for (let y = 0; y < view.height; y++) {
          const line = pixels.subarray(3 * y * view.width, 3 * (y + 1) * view.width);
          data.set(line, 3 * ((top + y) * width + column * cellWidth));
        }
      };
      paste(view.rgb, row * cellHeight);
      paste(colourDepth(view, range), row * cellHeight + view.height);
    });
  });
  return encode({ width, height, data, channels: 3 });
}

function depthRange(views: readonly GeneratedView[]): readonly [near: number, far: number] {
  let [near, far] = [Infinity, 0];
  for (const { depth } of views) {
    for (const z of depth) {
      if (z > 0 && z < near) near = z;
      if (z > far) far = z;
    }
  }
  return [near, far];
}

function colourDepth({ depth }: GeneratedView, [near, far]: readonly [number, number]): Uint8Array {
  const rgb = new Uint8Array(3 * depth.length);
  const span = Math.log(far / near) || 1;
  for (let i = 0; i < depth.length; i++) {
    if (depth[i]! > 0) rgb.set(plasma(1 - Math.log(depth[i]! / near) / span), 3 * i);
  }
  return rgb;
}

/** Anchors of the "plasma" colour map, from low to high. */
const PLASMA = [
  [13, 8, 135],
  [106, 0, 168],
  [177, 42, 144],
  [225, 100, 98],
  [252, 166, 54],
  [240, 249, 33],
] as const;

function plasma(value: number): number[] {
  const position = Math.max(0, Math.min(0.9999, value)) * (PLASMA.length - 1);
  const [low, high] = [PLASMA[Math.floor(position)]!, PLASMA[Math.floor(position) + 1]!];
  return low.map((channel, c) => channel + (high[c]! - channel) * (position % 1));
}
