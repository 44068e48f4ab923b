import { type Random, seededRandom } from "../../../core/random.ts";
import type { Matrix3 } from "../../mat3.ts";
import { rotationOf } from "../../pose.ts";
import { type Finding, isBeyondChance } from "../beyond-chance.ts";
import { errorsWithDepth } from "./depth-agreement.ts";
import { freeDirections, joinFocals } from "./focal-knowledge.ts";
import { homographyOfTurn, refineTurn, transferErrors } from "./homography.ts";
import type { TwoViewObjective } from "./refine-two-views.ts";
import { turnOfHomography } from "./turn-of-homography.ts";
import { type Matches, msac, sampsonErrors, type TwoViewCameras } from "./two-view-cameras.ts";
import {
  exactFocals,
  fromHomography,
  fromPrediction,
  searchAround,
  searchByFocal,
  searchHomography,
  searchTwoViews,
  unitTranslation,
} from "./two-view-candidates.ts";
import { chanceOfAgreement, groupMatches, type MatchGroups, type Support, supportOf } from "./two-view-evidence.ts";
import {
  type PredictedTwoViews,
  type PreparedMatches,
  prepareMatches,
  selectMatches,
  type TwoViewProblem,
} from "./two-view-problem.ts";
import {
  isSamePose,
  objectiveFor,
  poseDifference,
  type Ranking,
  rankCandidates,
  sharpenObjective,
} from "./two-view-ranking.ts";
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
    }
  | { readonly status: "failed"; readonly verdict: "chance" | "too-few"; readonly reason: string };

const MIN_MATCHES = 8;
/** Solutions of a minimal sample, about. */
const SOLUTIONS = 5;
/** In thresholds: matches that a homography leaves farther off contradict it. */
const CONTRADICTION = 1.5;
/** Share of what cameras explain that must contradict a homography before they are the better explanation. */
const LEAST_PARALLAX = 0.05;
/** Radians of uncertainty from which a direction of translation means nothing. */
const NO_DIRECTION = 0.35;
/** Other cameras are rivals when they explain this share of what the best explain. */
const RIVAL_SHARE = 0.5;
/** Radians by which a network's rotation and direction of translation are ordinarily wrong. */
const PREDICTED_ROTATION = 0.25;
const PREDICTED_DIRECTION = 0.5;
/** A prediction decides between rivals where one is so many times as near as the other. */
const CLEARLY_NEARER = 2;
/** Costs are equal when they differ by less, in squared deviations of the noise of independent matches. */
const EQUAL_DEVIATIONS = 9;
const TURN_STEPS = 15;
/** Matches that fix the epipole once a homography is known. */
const EPIPOLE = 2;

/**
 * The relative pose and the focal lengths on which the matches of two photos agree, and what that is worth. Hypotheses
 * are cameras by five points with focal lengths drawn from what is known of them, by three points with predicted depths,
 * the predicted pose, and those that a plane leaves; all are refined and judged by one cost: squared Sampson errors up to a
 * threshold, and the focal lengths' distance from what is known of them.
 */
export function verifyTwoViews(problem: TwoViewProblem, { noise = 1, seed = 0 }: VerifyOptions = {}): VerifiedTwoViews {
  const random = seededRandom(seed);
  const prepared = prepareMatches(problem, random);
  const { matches } = prepared;
  if (matches.count < MIN_MATCHES) {
    return { status: "failed", verdict: "too-few", reason: `${matches.count} matches are too few` };
  }
  const { predicted } = problem;
  const expected = predicted && unitTranslation(predicted.cam2FromCam1);
  const objective = objectiveFor(noise, { focals: joinFocals(problem.focals), predicted: expected });
  const search = { prepared, objective, random };
  const found = searchTwoViews(search);
  const homography = searchHomography(search);
  const candidates = [
    ...found.cameras,
    ...(expected ? fromPrediction(expected, matches, objective) : []),
    ...(homography ? fromHomography(homography, matches, objective) : []),
  ];
  const around = candidates.flatMap((cameras) => [cameras, ...searchAround(cameras, search)]);
  const coarse = rankCandidates(around, prepared, objective).ranked;
  if (coarse.length === 0) return { status: "failed", verdict: "chance", reason: "no cameras explain the matches" };
  const sharp = sharpenObjective(coarse[0]!, matches, objective);
  const [leader] = rankCandidates(
    coarse.map(({ cameras }) => cameras),
    prepared,
    sharp,
  ).ranked;
  const byFocal = leader ? searchByFocal(leader.cameras, { ...search, objective: sharp }) : [];
  const ranking = rankCandidates([...coarse.map(({ cameras }) => cameras), ...byFocal], prepared, sharp);
  const [best] = ranking.ranked;
  if (best === undefined) return { status: "failed", verdict: "chance", reason: "no cameras explain the matches" };
  const inquiry = openInquiry(problem, prepared, { best: best.cameras, objective: ranking.objective, random });
  if (!isBeyondChance({ ...inquiry.finding, hypotheses: SOLUTIONS * found.samples })) {
    const reason = `no cameras explain more of the matches than chance does (${best.inliers})`;
    return { status: "failed", verdict: "chance", reason };
  }
  const rivals = [...equals(ranking), ...otherExplanation(prepared, inquiry)];
  const { cameras, isClear } = chooseAmong([best.cameras, ...rivals], problem.predicted);
  const uncertainty = twoViewUncertainty(cameras, matches, ranking.objective);
  const errors = errorsWithDepth(cameras, { ...prepared, noise, threshold: objective.threshold });
  const limit = objective.threshold ** 2;
  const inliers = new Uint8Array(problem.matches.length / 4);
  let inlierCount = 0;
  errors.forEach((error, k) => {
    if (!(error < limit)) return;
    inliers[prepared.order[k]!] = 1;
    inlierCount++;
  });
  const verdict = (): TwoViewVerdict => {
    if (!(uncertainty.direction < NO_DIRECTION) || !contradicts(turnLike(cameras, homography, inquiry), inquiry)) {
      return "rotation";
    }
    if (!isClear) return "ambiguous";
    return homography && !contradicts(homography, inquiry) ? "planar" : "verified";
  };
  return { status: "ok", verdict: verdict(), cameras, inliers, inlierCount, uncertainty };
}

/** The best cameras, and what stands for and against them. */
interface Inquiry {
  readonly matches: Matches;
  readonly groups: MatchGroups;
  readonly objective: TwoViewObjective;
  readonly random: Random;
  readonly best: TwoViewCameras;
  /** Squared errors under the best cameras, `[count]`. */
  readonly errors: Float64Array;
  readonly support: Support;
  readonly finding: Omit<Finding, "hypotheses">;
}

function openInquiry(
  { photo1, photo2 }: TwoViewProblem,
  { matches, depths }: PreparedMatches,
  { best, objective, random }: Pick<Inquiry, "best" | "objective" | "random">,
): Inquiry {
  const { threshold, lossScale: noise, focals } = objective;
  const groups = groupMatches(matches, [photo1, photo2]);
  const errors = errorsWithDepth(best, { matches, depths, noise, threshold });
  const support = supportOf(groups, (k) => errors[k]! < threshold * threshold);
  const errorsOf = (others: Matches) => sampsonErrors(best, others);
  const finding = {
    count: support.count,
    inliers: Math.floor(support.explained),
    sampleSize: freeDirections(focals).length,
    byChance: chanceOfAgreement(matches, { errorsOf, threshold, random }),
  };
  return { matches, groups, objective, random, best, errors, support, finding };
}

/** True when what the best cameras explain and a homography does not is more than chance. */
function contradicts(homography: Matrix3, { matches, groups, objective, errors, support, finding }: Inquiry): boolean {
  const limit = objective.threshold ** 2;
  const transfers = transferErrors(homography, matches);
  const { count, explained } = supportOf(
    groups,
    (k) => errors[k]! < limit,
    (k) => transfers[k]! > CONTRADICTION ** 2 * limit,
  );
  if (!(explained > LEAST_PARALLAX * support.explained)) return false;
  return isBeyondChance({ ...finding, count, inliers: Math.floor(explained), sampleSize: EPIPOLE, hypotheses: 1 });
}

/** The homography of the turn that explains the most, from the best cameras and from any homography. */
function turnLike(
  { cam2FromCam1, focal1, focal2 }: TwoViewCameras,
  homography: Matrix3 | undefined,
  { matches, objective }: Inquiry,
): Matrix3 {
  const rotations = [rotationOf(cam2FromCam1), ...(homography ? [turnOfHomography(homography, [focal1, focal2])] : [])];
  const turns = rotations.map((rotation) => {
    const wide = { ...objective, threshold: 3 * objective.threshold, lossScale: 3 * objective.lossScale };
    const near = refineTurn({ rotation, focal1, focal2 }, matches, { ...wide, maxIterations: TURN_STEPS });
    return homographyOfTurn(refineTurn(near, matches, { ...objective, maxIterations: TURN_STEPS }));
  });
  const costs = turns.map((turn) => msac(transferErrors(turn, matches), matches.count, objective.threshold).cost);
  return turns[costs.indexOf(Math.min(...costs))]!;
}

/** Cameras that cost as little as the best and lie elsewhere. */
function equals({ ranked, objective }: Ranking): TwoViewCameras[] {
  const [best, ...others] = ranked;
  const most = best!.cost + EQUAL_DEVIATIONS * objective.priorWeight;
  return others
    .filter(({ cost, cameras }) => cost < most && !isSamePose(cameras, best!.cameras))
    .map(({ cameras }) => cameras);
}

/** Cameras elsewhere that explain much of what the best do not. */
function otherExplanation({ matches, depths }: PreparedMatches, inquiry: Inquiry): TwoViewCameras[] {
  const { best, errors, support, groups, objective, random, finding } = inquiry;
  const limit = objective.threshold ** 2;
  const left = [...errors.keys()].filter((k) => !(errors[k]! < CONTRADICTION ** 2 * limit));
  const isLeft = new Set(left);
  const most = supportOf(groups, (k) => isLeft.has(k)).explained;
  if (most < RIVAL_SHARE * support.explained) return [];
  const prepared = selectMatches({ matches, depths }, left);
  const exact = { ...objective, focals: exactFocals(best, objective.focals) };
  const found = searchTwoViews({ prepared, objective: exact, random });
  return rankCandidates(found.cameras, prepared, exact)
    .ranked.slice(0, 1)
    .map(({ cameras }) => cameras)
    .filter((cameras) => {
      if (isSamePose(cameras, best)) return false;
      const others = sampsonErrors(cameras, matches);
      const { count, explained } = supportOf(
        groups,
        (k) => others[k]! < limit,
        (k) => isLeft.has(k),
      );
      if (explained < RIVAL_SHARE * support.explained) return false;
      const inliers = Math.floor(explained);
      return isBeyondChance({ ...finding, count, inliers, hypotheses: SOLUTIONS * found.samples });
    });
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
