import type { Size } from "../core/size.ts";
import { resizedMapping } from "../geometry/pixel-mapping.ts";
import { bendDepth } from "./bend-depth.ts";
import type { PlaneMap } from "./plane-map.ts";
import { resampledPlanes } from "./plane-map.ts";

/** In maps of sources: depth is the network's, bent to what was measured around it. */
export const FROM_NETWORK = 1;
/** In maps of sources: depth is measured by stereo. */
export const FROM_STEREO = 2;

/** Depth of one photo at stereo's resolution. */
export interface DenseMap extends Size {
  /** `[height, width]`, z-depth in the scene's units; 0 where there is none. */
  readonly depth: Float32Array;
  /** `[height, width]`: `FROM_NETWORK` or `FROM_STEREO`; 0 where there is no depth. */
  readonly source: Uint8Array;
}

/**
 * Measured depth where `marks` are not 0, and elsewhere the network's, bent to the measured depth around it.
 * @param network at a resolution of its own, showing the same to the edges
 */
export function denseMap(planes: PlaneMap, marks: Uint8Array, network: PlaneMap): DenseMap {
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
  const depth = new Float32Array(width * height);
  const source = new Uint8Array(width * height);
  for (let i = 0; i < depth.length; i++) {
    const isMeasured = marks[i] !== 0;
    const w = isMeasured ? inverseDepth[i]! : filling.inverseDepth[i]!;
    if (!(w > 0)) continue;
    depth[i] = 1 / w;
    source[i] = isMeasured ? FROM_STEREO : FROM_NETWORK;
  }
  return { width, height, depth, source };
}
