import type { Size } from "../../core/view.ts";
import { median } from "./statistics.ts";

/** A depth map `[height, width]`, along the optical axis; 0 where there is nothing. */
export interface DepthMap extends Size {
  readonly depth: Float32Array;
}

/** How far a depth map is from the truth after median scaling. */
export interface DepthErrors {
  /** Mean of |d − d*| / d* over the measured pixels that have a prediction. */
  readonly absRel: number;
  /** Share of *all* measured pixels with max(d / d*, d* / d) < 1.25: a missing prediction is wrong. */
  readonly delta125: number;
  /** The same for 1.03: τ of the RobustMVD protocol (Schröppel et al. 2022). */
  readonly delta103: number;
  /** Share of the measured pixels that have a prediction. */
  readonly coverage: number;
  /** What the prediction was multiplied by. */
  readonly scale: number;
}

/** How to compare depth maps. */
export interface DepthComparison {
  /** Left out, the ratio of the medians over the pixels that both have. */
  readonly scale?: number;
  /** Truth outside of this range counts as not measured; any depth when left out. */
  readonly range?: readonly [nearest: number, farthest: number];
}

/**
 * Compares at the center of every measured pixel with the nearest value of a prediction of any size. Undefined where no
 * pixel has both.
 */
export function depthErrors(truth: DepthMap, found: DepthMap, options: DepthComparison = {}): DepthErrors | undefined {
  const { want, got, measured } = commonDepths(truth, found, options.range ?? [0, Number.POSITIVE_INFINITY]);
  if (want.length === 0) return undefined;
  const scale = options.scale ?? median(want)! / median(got)!;
  let relative = 0;
  let within125 = 0;
  let within103 = 0;
  for (let i = 0; i < want.length; i++) {
    const depth = want[i]!;
    const scaled = scale * got[i]!;
    const ratio = Math.max(scaled / depth, depth / scaled);
    relative += Math.abs(scaled - depth) / depth;
    if (ratio < 1.25) within125++;
    if (ratio < 1.03) within103++;
  }
  return {
    absRel: relative / want.length,
    delta125: within125 / measured,
    delta103: within103 / measured,
    coverage: want.length / measured,
    scale,
  };
}

function commonDepths(truth: DepthMap, found: DepthMap, [nearest, farthest]: readonly [number, number]) {
  // Typed arrays: laser scans come with 24 million pixels.
  const want = new Float32Array(truth.depth.length);
  const got = new Float32Array(truth.depth.length);
  const columns = Int32Array.from({ length: truth.width }, (_, x) => {
    return Math.floor(((x + 0.5) * found.width) / truth.width);
  });
  let measured = 0;
  let common = 0;
  for (let y = 0, i = 0; y < truth.height; y++) {
    const row = Math.floor(((y + 0.5) * found.height) / truth.height) * found.width;
    for (let x = 0; x < truth.width; x++, i++) {
      const depth = truth.depth[i]!;
      if (!(depth > 0 && depth >= nearest && depth <= farthest)) continue;
      measured++;
      const prediction = found.depth[row + columns[x]!]!;
      if (!(prediction > 0 && Number.isFinite(prediction))) continue;
      want[common] = depth;
      got[common] = prediction;
      common++;
    }
  }
  return { want: want.subarray(0, common), got: got.subarray(0, common), measured };
}
