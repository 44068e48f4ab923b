import { type DenseMap, FROM_NETWORK, FROM_STEREO } from "../core/dense-scene.ts";
import { resizedMapping } from "../geometry/pixel-mapping.ts";
import { type PlaneMap, planesOfDepth, resampledPlanes } from "../geometry/plane-map.ts";
import { bendDepth } from "./bend-depth.ts";
import { continueSurfaces } from "./continue-surfaces.ts";
import { fillBlank } from "./fill-blank.ts";
import type { ScoredPlanes } from "./patch-match.ts";
import type { NetworkDepth } from "./stereo-photo.ts";

/** A photo's measured planes, and what fills the rest. */
export interface DenseMapParts {
  readonly planes: ScoredPlanes;
  /** `[height, width]`: not 0 where planes are measured. */
  readonly marks: Uint8Array;
  /** `[height, width]`: brightness. */
  readonly gray: Uint8Array;
  readonly network: NetworkDepth;
  /** `[height, width]`: inverse depth of points that other photos agree on, 0 where there is none. */
  readonly shown: Float32Array;
}

/** Factor between the depth of a point and the bent network's beyond which something may be in front of it that no photo measured. */
const MOST_RATIO = 1.3;

/**
 * Measured depth where it is. Elsewhere, in this order: the points that other photos agree on, on blank surfaces the plane of all this
 * around them, PatchMatch's planes where they continue a measured surface, and the network's depth, bent to the measured depth
 * around it.
 */
export function denseMap({ planes, marks, gray, network, shown }: DenseMapParts): DenseMap {
  const { width, height, inverseDepth } = planes;
  const bent = bentNetwork(network, planes, marks);
  const known = { ...planes, inverseDepth: inverseDepth.slice() };
  const isKnown = marks.map((agreeing, i) => {
    const [w, expected] = [shown[i]!, bent.inverseDepth[i]!];
    if (agreeing !== 0 || !(w > 0) || w > MOST_RATIO * expected || expected > MOST_RATIO * w) return agreeing;
    known.inverseDepth[i] = w;
    return 1;
  });
  const flat = fillBlank(gray, known, { marks: isKnown, expected: bent.inverseDepth });
  const continued = continueSurfaces(planes, marks);
  const depth = new Float32Array(width * height);
  const source = new Uint8Array(width * height);
  for (let i = 0; i < depth.length; i++) {
    const w = isKnown[i] !== 0 ? known.inverseDepth[i]! : flat[i]! || continued[i]! || bent.inverseDepth[i]!;
    if (!(w > 0)) continue;
    depth[i] = 1 / w;
    source[i] = marks[i] !== 0 ? FROM_STEREO : FROM_NETWORK;
  }
  return { width, height, depth, source };
}

/** The network's surface at the resolution of planes, bent to those that are measured. */
function bentNetwork(network: NetworkDepth, planes: PlaneMap, marks: Uint8Array): PlaneMap {
  const { width, inverseDepth } = planes;
  const toNetwork = resizedMapping(planes, network);
  const measured: number[] = [];
  for (let i = 0; i < marks.length; i++) if (marks[i] !== 0) measured.push(i);
  const bent = bendDepth(planesOfDepth(network.depth, network), {
    x: measured.map((i) => toNetwork.scaleX * (i % width) + toNetwork.offsetX),
    y: measured.map((i) => toNetwork.scaleY * Math.floor(i / width) + toNetwork.offsetY),
    inverseDepth: measured.map((i) => inverseDepth[i]!),
  });
  return resampledPlanes(bent, planes, toNetwork);
}
