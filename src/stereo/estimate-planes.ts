import { seededRandom } from "../core/random.ts";
import { upperMedian } from "../core/upper-median.ts";
import { resizedMapping } from "../geometry/pixel-mapping.ts";
import { type PlaneMap, resampledPlanes } from "../geometry/plane-map.ts";
import { geometricError } from "./geometric-error.ts";
import { type PatchMatchInputs, type ScoredPlanes, type Sweep, scorePlanes, sweepPlanes } from "./patch-match.ts";
import type { PlanePrior } from "./plane-judge.ts";
import { openPlaneScorer } from "./plane-scorer.ts";
import { parallaxAt, sourceFromReference } from "./source-from-reference.ts";
import { halved, type StereoView } from "./stereo-view.ts";

/** A photo and those it is compared with. */
export interface StereoProblem {
  readonly reference: StereoView;
  /** One or more. */
  readonly sources: readonly StereoView[];
  /** At the reference's resolution. */
  readonly prior: PlanePrior;
  /** Equal seeds give equal planes. */
  readonly seed: string;
}

/** Rounds at half the resolution, which look everywhere, and at the whole one, which find the exact place. */
const COARSE: readonly Sweep[] = [
  { step: 4, draws: 3, far: true },
  { step: 3, draws: 2, far: true },
  { step: 2, draws: 2, far: true },
  { step: 1, draws: 1, far: true },
  { step: 0.5, draws: 0, far: true },
];
const FINE: readonly Sweep[] = [
  { step: 1, draws: 0, far: false },
  { step: 0.5, draws: 0, far: false },
];
const GEOMETRIC: Sweep = { step: 0.5, draws: 0, far: false };

/** Planes of a photo by how well they explain its sources, at half the resolution first. */
export function estimatePlanes(problem: StereoProblem): ScoredPlanes {
  const { reference, sources, prior, seed } = problem;
  const half = halved(reference);
  const toHalf = resizedMapping(half, reference);
  const coarsePrior: PlanePrior = {
    ...resampledPlanes(prior, half, toHalf),
    reach: Float32Array.from({ length: half.width * half.height }, (_, i) => {
      const [x, y] = [i % half.width, Math.floor(i / half.width)];
      return prior.reach[2 * y * reference.width + 2 * x]!;
    }),
  };
  const coarse = withCosts(resampledPlanes(coarsePrior, half, resizedMapping(half, half)));
  improve(
    coarse,
    inputsOf({ reference: half, sources: sources.map(halved), prior: coarsePrior, seed: `${seed} half` }),
    COARSE,
  );
  const planes = withCosts(resampledPlanes(coarse, reference, resizedMapping(reference, half)));
  improve(planes, inputsOf({ ...problem, seed: `${seed} whole` }), FINE);
  return planes;
}

/** Planes improved by how well they agree with the planes of the sources, too. */
export function improvePlanes(
  planes: PlaneMap,
  problem: StereoProblem,
  planesOfSources: readonly PlaneMap[],
): ScoredPlanes {
  const { reference, sources } = problem;
  const geometric = sources.map((source, k) => geometricError(reference, source, planesOfSources[k]!));
  const result = withCosts(planes);
  improve(result, { ...inputsOf(problem), geometric }, [GEOMETRIC]);
  return result;
}

function improve(planes: ScoredPlanes, inputs: PatchMatchInputs, sweeps: readonly Sweep[]): void {
  scorePlanes(planes, inputs);
  for (const sweep of sweeps) sweepPlanes(planes, inputs, sweep);
}

function withCosts({ width, height, inverseDepth, slopeX, slopeY }: PlaneMap): ScoredPlanes {
  return {
    width,
    height,
    inverseDepth: inverseDepth.slice(),
    slopeX: slopeX.slice(),
    slopeY: slopeY.slice(),
    costs: new Float32Array(width * height),
  };
}

function inputsOf({ reference, sources, prior, seed }: StereoProblem): PatchMatchInputs {
  const { fx, fy } = reference.intrinsics;
  return {
    scorer: openPlaneScorer(reference, sources),
    prior,
    parallax: largestParallax(reference, sources, prior),
    focal: Math.sqrt(fx * fy),
    random: seededRandom(seed),
  };
}

/** The largest parallax in a source, the median over the photo. */
function largestParallax(reference: StereoView, sources: readonly StereoView[], prior: PlaneMap): number {
  const { width, height } = reference;
  const mappings = sources.map((source) => sourceFromReference(source, reference));
  const values: number[] = [];
  for (let k = 0; k < 81; k++) {
    const [x, y] = [Math.floor(((k % 9) + 0.5) * (width / 9)), Math.floor((Math.floor(k / 9) + 0.5) * (height / 9))];
    const w = prior.inverseDepth[y * width + x]!;
    const most = Math.max(...mappings.map((mapping) => parallaxAt(mapping, x, y, w)));
    if (most > 0) values.push(most);
  }
  return upperMedian(values) ?? 1;
}
