import { dot } from "../../mat3.ts";
import { rotationOf, translationOf } from "../../pose.ts";
import { rotationAngle } from "../../rotation.ts";
import { focalDeviations } from "./focal-knowledge.ts";
import { refineTwoViews, type TwoViewObjective } from "./refine-two-views.ts";
import { type Matches, scoreTwoViews, type TwoViewCameras } from "./two-view-cameras.ts";

/** Cameras and what they cost. */
export interface RankedCameras {
  readonly cameras: TwoViewCameras;
  /** In pixels²: squared errors up to the threshold, and what the focal lengths cost. */
  readonly cost: number;
  readonly inliers: number;
}

/** Candidates in the order of their cost, and the objective that they were compared by. */
export interface Ranking {
  readonly ranked: readonly RankedCameras[];
  readonly objective: TwoViewObjective;
  /** Costs that differ by less are equal, in pixels². */
  readonly equalCost: number;
}

/** Errors of matches are not independent (lens, shutter, shapes of patches): all together know no more than so many. */
const INDEPENDENT = 100;
/** Costs are equal when they differ by less, in squared deviations of the noise of independent matches. */
const EQUAL_DEVIATIONS = 9;
const FINAL_STEPS = 20;
/** Cameras are the same within these angles, in radians. */
const SAME_ROTATION = 0.09;
const SAME_DIRECTION = 0.35;

/**
 * All candidates refined once more and compared, the cheapest first. What is known of the focal lengths counts as much as
 * `INDEPENDENT` matches let it, however many there are.
 */
export function rankCandidates(
  candidates: readonly TwoViewCameras[],
  matches: Matches,
  search: TwoViewObjective,
): Ranking {
  const inlierCounts = candidates.map((cameras) => scoreTwoViews(cameras, matches, search.threshold).inliers);
  const priorWeight = search.priorWeight * Math.max(1, Math.max(0, ...inlierCounts) / INDEPENDENT);
  const objective = { ...search, priorWeight };
  const ranked = candidates
    .map((candidate) => {
      const cameras = refineTwoViews(candidate, matches, { ...objective, maxIterations: FINAL_STEPS });
      const { cost, inliers } = scoreTwoViews(cameras, matches, objective.threshold);
      const [deviation1, deviation2] = focalDeviations(cameras, objective.focals);
      return { cameras, inliers, cost: cost + priorWeight * (deviation1 ** 2 + deviation2 ** 2) };
    })
    .filter(({ cost }) => Number.isFinite(cost))
    .sort((a, b) => a.cost - b.cost);
  return { ranked, objective, equalCost: EQUAL_DEVIATIONS * priorWeight };
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
