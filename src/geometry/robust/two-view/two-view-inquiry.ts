import type { Random } from "../../../core/random.ts";
import type { Matrix3 } from "../../mat3.ts";
import { rotationOf } from "../../pose.ts";
import { evidenceFor, type Finding, isBeyondChance } from "../beyond-chance.ts";
import { errorsWithDepth } from "./depth-agreement.ts";
import { freeDirections } from "./focal-knowledge.ts";
import { homographyOfTurn, refineTurn, scoreHomography, type TurningCamera, transferErrors } from "./homography.ts";
import type { TwoViewObjective } from "./refine-two-views.ts";
import { turnOfHomography } from "./turn-of-homography.ts";
import { type Matches, sampsonErrors, type TwoViewCameras } from "./two-view-cameras.ts";
import { exactFocals, searchTwoViews } from "./two-view-candidates.ts";
import { chanceOfAgreement, groupMatches, type MatchGroups, type Support, supportOf } from "./two-view-evidence.ts";
import { type PreparedMatches, selectMatches, type TwoViewProblem } from "./two-view-problem.ts";
import { isSamePose, rankCandidates } from "./two-view-ranking.ts";

/** Solutions of a minimal sample, about. */
const SOLUTIONS = 5;
/** In thresholds: matches that a homography leaves farther off contradict it. */
const CONTRADICTION = 1.5;
/** Share of what cameras explain that must contradict a homography before they are the better explanation. */
const LEAST_PARALLAX = 0.05;
/** Matches that fix the epipole once a homography is known. */
const EPIPOLE = 2;
/** Other cameras are rivals when they explain this share of what the best explain. */
const RIVAL_SHARE = 0.5;
const TURN_STEPS = 15;

/** The best cameras, and what stands for and against them. */
export interface Inquiry {
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

/** Gathers the evidence for cameras. */
export function openInquiry(
  { photo1, photo2 }: TwoViewProblem,
  { matches, depths }: Pick<PreparedMatches, "matches" | "depths">,
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

/** What speaks for cameras that so many samples led to: more than 1 where they explain more than chance. */
export function evidenceOf({ finding }: Inquiry, samples: number): number {
  return evidenceFor({ ...finding, hypotheses: SOLUTIONS * samples });
}

/** True when what the best cameras explain and a homography does not is more than chance. */
export function contradicts(
  homography: Matrix3,
  { matches, groups, objective, errors, support, finding }: Inquiry,
): boolean {
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

/** The turn that explains the most, from the best cameras and from any homography. */
export function likeliestTurn(
  homography: Matrix3 | undefined,
  { matches, objective, best: { cam2FromCam1, focal1, focal2 } }: Inquiry,
): TurningCamera {
  const rotations = [rotationOf(cam2FromCam1), ...(homography ? [turnOfHomography(homography, [focal1, focal2])] : [])];
  const turns = rotations.map((rotation) => {
    const wide = { ...objective, threshold: 3 * objective.threshold, lossScale: 3 * objective.lossScale };
    const near = refineTurn({ rotation, focal1, focal2 }, matches, { ...wide, maxIterations: TURN_STEPS });
    return refineTurn(near, matches, { ...objective, maxIterations: TURN_STEPS });
  });
  const costs = turns.map((turn) => scoreHomography(homographyOfTurn(turn), matches, objective).cost);
  return turns[costs.indexOf(Math.min(...costs))]!;
}

/** Cameras elsewhere that explain much of what the best do not. */
export function otherExplanations({ matches, depths }: PreparedMatches, inquiry: Inquiry): TwoViewCameras[] {
  const { best, errors, support, groups, objective, random, finding } = inquiry;
  const limit = objective.threshold ** 2;
  const left = [...errors.keys()].filter((k) => !(errors[k]! < CONTRADICTION ** 2 * limit));
  const isLeft = new Set(left);
  const leastShare = (RIVAL_SHARE * support.explained) / supportOf(groups, (k) => isLeft.has(k)).explained;
  if (!(leastShare < 1)) return [];
  const prepared = selectMatches({ matches, depths }, left);
  const exact = { ...objective, focals: exactFocals(best, objective.focals) };
  const found = searchTwoViews({ prepared, objective: exact, random }, leastShare);
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
