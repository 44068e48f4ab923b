import { type DenseMap, FROM_NETWORK, FROM_STEREO } from "../core/dense-scene.ts";
import { resizedMapping } from "../geometry/pixel-mapping.ts";
import type { PlaneMap } from "../geometry/plane-map.ts";
import { resampledPlanes } from "../geometry/plane-map.ts";
import { bendDepth } from "./bend-depth.ts";
import { fillBlank } from "./fill-blank.ts";

/** A photo's measured planes, and what fills the rest. */
export interface DenseMapParts {
  readonly planes: PlaneMap;
  /** `[height, width]`: not 0 where planes are measured. */
  readonly marks: Uint8Array;
  /** `[height, width]`: brightness. */
  readonly gray: Uint8Array;
  /** At a resolution of its own, showing the same to the edges. */
  readonly network: PlaneMap;
}

/**
 * Measured depth where it is, elsewhere on blank surfaces the plane of what is measured around them, and else the network's depth, bent
 * to the measured depth around it.
 */
export function denseMap({ planes, marks, gray, network }: DenseMapParts): DenseMap {
  const { width, height, inverseDepth } = planes;
  const toNetwork = resizedMapping(planes, network);
  const measured: number[] = [];
  for (let i = 0; i < marks.length; i++) if (marks[i] !== 0) measured.push(i);
  const bent = bendDepth(network, {
    x: measured.map((i) => toNetwork.scaleX * (i % width) + toNetwork.offsetX),
    y: measured.map((i) => toNetwork.scaleY * Math.floor(i / width) + toNetwork.offsetY),
    inverseDepth: measured.map((i) => inverseDepth[i]!),
  });
  const filling = resampledPlanes(bent, planes, toNetwork);
  const flat = fillBlank(gray, planes, { marks, expected: filling.inverseDepth });
  const depth = new Float32Array(width * height);
  const source = new Uint8Array(width * height);
  for (let i = 0; i < depth.length; i++) {
    const isMeasured = marks[i] !== 0;
    const w = isMeasured ? inverseDepth[i]! : flat[i]! || filling.inverseDepth[i]!;
    if (!(w > 0)) continue;
    depth[i] = 1 / w;
    source[i] = isMeasured ? FROM_STEREO : FROM_NETWORK;
  }
  return { width, height, depth, source };
}
