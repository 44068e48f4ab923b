import { colorAt, type Rgb8 } from "../core/color-scale.ts";

/**
 * Depth as colors on a logarithmic scale, `[pixels, 3]`: near is yellow and far is violet, black has none.
 * @param range the nearest and the farthest depth
 */
export function depthColors(depth: Float32Array, [near, far]: readonly [near: number, far: number]): Uint8Array {
  const rgb = new Uint8Array(3 * depth.length);
  const span = Math.log(far / near) || 1;
  for (let i = 0; i < depth.length; i++) {
    if (depth[i]! > 0) rgb.set(colorAt(PLASMA, 1 - Math.log(depth[i]! / near) / span), 3 * i);
  }
  return rgb;
}

/** The smallest and the largest positive depth of several maps. */
export function depthRange(maps: readonly Float32Array[]): readonly [near: number, far: number] {
  let [near, far] = [Infinity, 0];
  for (const depth of maps) {
    for (const z of depth) {
      if (z > 0 && z < near) near = z;
      if (z > far) far = z;
    }
  }
  return [near, far];
}

/** Anchors of the "plasma" color map, from low to high. */
const PLASMA: readonly Rgb8[] = [
  [13, 8, 135],
  [106, 0, 168],
  [177, 42, 144],
  [225, 100, 98],
  [252, 166, 54],
  [240, 249, 33],
];
