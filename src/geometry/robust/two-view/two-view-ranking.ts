import { upperMedian } from "../../../core/upper-median.ts";
import { dot } from "../../mat3.ts";
import { rotationOf, translationOf } from "../../pose.ts";
import { rotationAngle } from "../../rotation.ts";
import { errorsWithDepth } from "./depth-agreement.ts";
import { focalDeviations } from "./focal-knowledge.ts";
import { posePriorCost } from "./pose-prior.ts";
import { refineTwoViews, type TwoViewObjective } from "./refine-two-views.ts";
import { type Matches, msac, sampsonErrors, type TwoViewCameras } from "./two-view-cameras.ts";
import type { PreparedMatches } from "./two-view-problem.ts";

/** Cameras and what they cost. */
export interface RankedCameras {
  readonly cameras: TwoViewCameras;
  /** In pixels²: squared errors up to the threshold, and what the focal lengths and the pose cost. */
  readonly cost: number;
  readonly inliers: number;
}

/** Candidates in the order of their cost, and the objective that they were compared by. */
export interface Ranking {
  readonly ranked: readonly RankedCameras[];
  readonly objective: TwoViewObjective;
}

/** Errors of matches are not independent (lens, shutter, shapes of patches): all together know no more than so many. */
const INDEPENDENT = 100;
/** In standard deviations of the noise: matches farther off are wrong. */
const THRESHOLD = 3;
/** Share of the given noise that it may turn out to be. */
const LEAST_NOISE = 1 / 3;
/** The standard deviation of normally distributed errors over the median of their absolute values. */
const NORMAL_MEDIAN = 1.4826;
const FINAL_STEPS = 20;
/** Cameras are the same within these angles, in radians. */
const SAME_ROTATION = 0.09;
const SAME_DIRECTION = 0.35;

/** What cameras are looked for with, where right matches are wrong by so many pixels. */
export function objectiveFor(
  noise: number,
  { focals, predicted }: Pick<TwoViewObjective, "focals" | "predicted">,
  inliers = 0,
): TwoViewObjective {
  const priorWeight = noise * noise * Math.max(1, inliers / INDEPENDENT);
  return { threshold: THRESHOLD * noise, lossScale: noise, focals, predicted, priorWeight };
}

/**
 * All candidates refined once more, the cheapest first, by an objective with what is known of the focal lengths, of the pose
 * and of depths.
 */
export function rankCandidates(
  candidates: readonly TwoViewCameras[],
  { matches, depths }: Pick<PreparedMatches, "matches" | "depths">,
  objective: TwoViewObjective,
): Ranking {
  const { lossScale: noise, threshold, priorWeight, focals, predicted } = objective;
  const ranked = candidates
    .map((candidate) => {
      const cameras = refineTwoViews(candidate, matches, { ...objective, maxIterations: FINAL_STEPS });
      const { cost, inliers } = msac(
        errorsWithDepth(cameras, { matches, depths, noise, threshold }),
        matches.count,
        threshold,
      );
      const [deviation1, deviation2] = focalDeviations(cameras, focals);
      const focalCost = priorWeight * (deviation1 ** 2 + deviation2 ** 2);
      const poseCost = predicted ? posePriorCost(cameras, { predicted, priorWeight }) : 0;
      return { cameras, inliers, cost: cost + focalCost + poseCost };
    })
    .filter(({ cost }) => Number.isFinite(cost))
    .sort((a, b) => a.cost - b.cost);
  return { ranked, objective };
}

/**
 * The objective with the noise that ranked cameras leave, instead of the one that was expected, and with as much weight on
 * what is known beforehand as `INDEPENDENT` matches let it have, however many there are.
 */
export function sharpenObjective(
  { cameras, inliers }: RankedCameras,
  matches: Matches,
  search: TwoViewObjective,
): TwoViewObjective {
  const errors = sampsonErrors(cameras, matches).filter((error) => error < search.threshold ** 2);
  const median = Math.sqrt(upperMedian(errors) ?? Number.POSITIVE_INFINITY);
  const share = Math.max(LEAST_NOISE, Math.min(1, (NORMAL_MEDIAN * median) / search.lossScale));
  return objectiveFor(share * search.lossScale, search, inliers);
}

/** The angles in radians between two poses: of their rotations, and of their directions of translation. */
export function poseDifference(
  { cam2FromCam1: a }: Pick<TwoViewCameras, "cam2FromCam1">,
  { cam2FromCam1: b }: Pick<TwoViewCameras, "cam2FromCam1">,
): { readonly rotation: number; readonly direction: number } {
  const [t1, t2] = [translationOf(a), translationOf(b)];
  const cosine = dot(t1, t2) / (Math.hypot(...t1) * Math.hypot(...t2));
  return {
    rotation: rotationAngle(rotationOf(a), rotationOf(b)),
    direction: Math.acos(Math.max(-1, Math.min(1, cosine))),
  };
}

/** True for poses that differ by no more than what a refinement may leave. */
export function isSamePose(a: Pick<TwoViewCameras, "cam2FromCam1">, b: Pick<TwoViewCameras, "cam2FromCam1">): boolean {
  const { rotation, direction } = poseDifference(a, b);
  return rotation < SAME_ROTATION && direction < SAME_DIRECTION;
}
