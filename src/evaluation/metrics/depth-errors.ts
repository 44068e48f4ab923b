import type { Size } from "../../core/view.ts";
import { mean, median } from "./statistics.ts";

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
 * Compares at the centre of every measured pixel with the nearest value of a prediction of any size. Undefined where no
 * pixel has both.
 */
export function depthErrors(truth: DepthMap, found: DepthMap, options: DepthComparison = {}): DepthErrors | undefined {
  const { want, got, measured } = commonDepths(truth, found, options.range ?? [0, Number.POSITIVE_INFINITY]);
  if (want.length === 0) return undefined;
  const scale = options.scale ?? median(want)! / median(got)!;
  const ratios = want.map((depth, i) => Math.max((scale * got[i]!) / depth, depth / (scale * got[i]!)));
  return {
    absRel: mean(want.map((depth, i) => Math.abs(scale * got[i]! - depth) / depth))!,
    delta125: ratios.filter((ratio) => ratio < 1.25).length / measured,
    delta103: ratios.filter((ratio) => ratio < 1.03).length / measured,
    coverage: want.length / measured,
    scale,
  };
}

function commonDepths(truth: DepthMap, found: DepthMap, [nearest, farthest]: readonly [number, number]) {
  const want: number[] = [];
  const got: number[] = [];
  let measured = 0;
  for (let y = 0, i = 0; y < truth.height; y++) {
    const row = Math.floor(((y + 0.5) * found.height) / truth.height) * found.width;
    for (let x = 0; x < truth.width; x++, i++) {
      const depth = truth.depth[i]!;
      if (!(depth > 0 && depth >= nearest && depth <= farthest)) continue;
      measured++;
      const prediction = found.depth[row + Math.floor(((x + 0.5) * found.width) / truth.width)]!;
      if (!(prediction > 0 && Number.isFinite(prediction))) continue;
      want.push(depth);
      got.push(prediction);
    }
  }
  return { want, got, measured };
}
