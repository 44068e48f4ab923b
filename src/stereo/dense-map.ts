import { type DenseMap, FROM_NETWORK, FROM_STEREO } from "../core/dense-scene.ts";
import { resizedMapping } from "../geometry/pixel-mapping.ts";
import type { PlaneMap } from "../geometry/plane-map.ts";
import { resampledPlanes } from "../geometry/plane-map.ts";
import { bendDepth } from "./bend-depth.ts";

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
