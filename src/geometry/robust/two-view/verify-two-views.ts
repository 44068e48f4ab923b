import { seededRandom } from "../../../core/random.ts";
import type { Matrix3 } from "../../mat3.ts";
import { rigidPose, translationOf } from "../../pose.ts";
import { baselineByDepth, errorsWithDepth } from "./depth-agreement.ts";
import { findTwoViews } from "./find-two-views.ts";
import { joinFocals } from "./focal-knowledge.ts";
import { homographyOfTurn, transferErrors } from "./homography.ts";
import { scoreTwoViews, type TwoViewCameras } from "./two-view-cameras.ts";
import { camerasOfPlane, unitTranslation } from "./two-view-candidates.ts";
import {
  contradicts,
  evidenceOf,
  type Inquiry,
  likeliestTurn,
  openInquiry,
  otherExplanations,
} from "./two-view-inquiry.ts";
import { type PredictedTwoViews, prepareMatches, type TwoViewProblem } from "./two-view-problem.ts";
import { isSamePose, objectiveFor, poseDifference, type Ranking } from "./two-view-ranking.ts";
import { type TwoViewUncertainty, twoViewUncertainty } from "./two-view-uncertainty.ts";

/** How to verify two views. */
export interface VerifyOptions {
  /** Standard deviation of a pixel of a right match, in pixels; 1 when left out. */
  readonly noise?: number | undefined;
  /** Equal seeds give equal results; 0 when left out. */
  readonly seed?: number | string | undefined;
}

/**
 * What the matches say of two photos: `verified`, cameras that explain more than chance and all else; `planar`, a plane
 * explains as much, so that the focal lengths rest on what was known of them; `rotation`, a camera that only turned does,
 * or the points are too far away: the translation means nothing; `ambiguous`, other cameras explain about as much.
 */
export type TwoViewVerdict = "verified" | "planar" | "rotation" | "ambiguous";

/** Two verified views, or why there are none. */
export type VerifiedTwoViews =
  | {
      readonly status: "ok";
      readonly verdict: TwoViewVerdict;
      readonly cameras: TwoViewCameras;
      /** `[n]`, 1 for the matches that agree. */
      readonly inliers: Uint8Array;
      readonly inlierCount: number;
      readonly uncertainty: TwoViewUncertainty;
      /** Length of the translation in the unit of the predicted depths; undefined without, and where the camera only turns. */
      readonly baseline: number | undefined;
    }
  | { readonly status: "failed"; readonly verdict: "chance" | "too-few"; readonly reason: string };

const MIN_MATCHES = 8;
/** Radians of uncertainty from which a direction of translation means nothing. */
const NO_DIRECTION = 0.35;
/** Radians by which a network's rotation and direction of translation are ordinarily wrong. */
const PREDICTED_ROTATION = 0.25;
const PREDICTED_DIRECTION = 0.5;
/** A prediction decides between rivals where one is so many times as near as the other. */
const CLEARLY_NEARER = 2;
/** Costs are equal when they differ by less, in squared deviations of the noise of independent matches. */
const EQUAL_DEVIATIONS = 9;
/** Share of the best cameras' inliers that other ones must have, or some points lie behind a camera. */
const PLANE_SHARE = 0.7;

/**
 * The relative pose and the focal lengths on which the matches of two photos agree, and what that is worth. Hypotheses
 * are cameras by five points with focal lengths drawn from what is known of them, by three points with predicted depths,
 * the predicted pose, and those that a plane leaves; all are refined and judged by one cost: squared Sampson errors up to a
 * threshold, and the distance of focal lengths, pose and depths from what is known of them.
 */
export function verifyTwoViews(problem: TwoViewProblem, { noise = 1, seed = 0 }: VerifyOptions = {}): VerifiedTwoViews {
  const random = seededRandom(seed);
  const prepared = prepareMatches(problem, random);
  const { matches, order } = prepared;
  if (matches.count < MIN_MATCHES) {
    return { status: "failed", verdict: "too-few", reason: `${matches.count} matches are too few` };
  }
  const { predicted } = problem;
  const expected = predicted && unitTranslation(predicted.cam2FromCam1);
  const objective = objectiveFor(noise, { focals: joinFocals(problem.focals), predicted: expected });
  const { ranking, homography, samples } = findTwoViews(problem, prepared, { objective, random });
  const [best] = ranking.ranked;
  const inquiry = best && openInquiry(problem, prepared, { best: best.cameras, objective: ranking.objective, random });
  if (inquiry === undefined || !(evidenceOf(inquiry, samples) > 1)) {
    const reason = `no cameras explain more of the matches than chance does (${best?.inliers ?? 0})`;
    return { status: "failed", verdict: "chance", reason };
  }
  const judged = { ...prepared, noise, threshold: objective.threshold };
  const answer = (verdict: TwoViewVerdict, cameras: TwoViewCameras, errors: Float64Array): VerifiedTwoViews => {
    const inliers = new Uint8Array(problem.matches.length / 4);
    errors.forEach((error, k) => {
      if (error < objective.threshold ** 2) inliers[order[k]!] = 1;
    });
    const inlierCount = inliers.reduce((sum, isInlier) => sum + isInlier, 0);
    const uncertainty = twoViewUncertainty(cameras, matches, ranking.objective);
    const baseline = verdict === "rotation" ? undefined : baselineByDepth(cameras, judged);
    return { status: "ok", verdict, cameras, inliers, inlierCount, uncertainty, baseline };
  };

  const turn = likeliestTurn(homography, inquiry);
  if (!contradicts(homographyOfTurn(turn), inquiry)) {
    const { rotation, focal1, focal2 } = turn;
    const direction = translationOf(expected ?? inquiry.best.cam2FromCam1);
    const cameras = { cam2FromCam1: rigidPose(rotation, direction), focal1, focal2 };
    return answer("rotation", cameras, transferErrors(homographyOfTurn(turn), matches));
  }
  if (homography && !contradicts(homography, inquiry)) {
    const { cameras, isClear } = chooseAmong(planarCameras(homography, inquiry), predicted);
    return answer(isClear ? "planar" : "ambiguous", cameras, errorsWithDepth(cameras, judged));
  }
  const rivals = [...equals(ranking), ...otherExplanations(prepared, inquiry)];
  const { cameras, isClear } = chooseAmong([inquiry.best, ...rivals], predicted);
  const { direction } = twoViewUncertainty(cameras, matches, ranking.objective);
  const verdict = direction < NO_DIRECTION ? (isClear ? "verified" : "ambiguous") : "rotation";
  return answer(verdict, cameras, errorsWithDepth(cameras, judged));
}

/** Cameras that cost as little as the best and lie elsewhere. */
function equals({ ranked, objective }: Ranking): TwoViewCameras[] {
  const [best, ...others] = ranked;
  const most = best!.cost + EQUAL_DEVIATIONS * objective.priorWeight;
  return others
    .filter(({ cost, cameras }) => cost < most && !isSamePose(cameras, best!.cameras))
    .map(({ cameras }) => cameras);
}

/** The best cameras, and the others that a plane leaves with focal lengths as expected: all explain the same matches. */
function planarCameras(homography: Matrix3, { matches, objective, best }: Inquiry): TwoViewCameras[] {
  const inliersOf = (cameras: TwoViewCameras) => scoreTwoViews(cameras, matches, objective).inliers;
  const enough = PLANE_SHARE * inliersOf(best);
  const others = camerasOfPlane(homography, objective.focals);
  return [best, ...others.filter((cameras) => !isSamePose(cameras, best) && inliersOf(cameras) > enough)];
}

/** The first of some cameras unless a prediction is clearly nearer to another; clear where there is but one, or it decides. */
function chooseAmong(
  candidates: readonly TwoViewCameras[],
  predicted: PredictedTwoViews | undefined,
): { readonly cameras: TwoViewCameras; readonly isClear: boolean } {
  const first = candidates[0]!;
  if (candidates.length === 1) return { cameras: first, isClear: true };
  if (predicted === undefined) return { cameras: first, isClear: false };
  const [nearest, next] = candidates
    .map((cameras) => {
      const { rotation, direction } = poseDifference(cameras, predicted);
      return { cameras, distance: Math.hypot(rotation / PREDICTED_ROTATION, direction / PREDICTED_DIRECTION) };
    })
    .sort((a, b) => a.distance - b.distance);
  const isClear = nearest!.distance * CLEARLY_NEARER < next!.distance;
  return { cameras: isClear ? nearest!.cameras : first, isClear };
}
