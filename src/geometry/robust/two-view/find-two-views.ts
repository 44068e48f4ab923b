import { type Random, seededRandom } from "../../../core/random.ts";
import type { Matrix3 } from "../../mat3.ts";
import type { TwoViewObjective } from "./refine-two-views.ts";
import type { TwoViewCameras } from "./two-view-cameras.ts";
import {
  fromHomography,
  fromPrediction,
  searchAround,
  searchByFocal,
  searchHomography,
  searchTwoViews,
} from "./two-view-candidates.ts";
import { evidenceOf, openInquiry } from "./two-view-inquiry.ts";
import { type PreparedMatches, prefixOf, type TwoViewProblem } from "./two-view-problem.ts";
import { isSamePose, type Ranking, rankCandidates, sharpenObjective } from "./two-view-ranking.ts";

/** The cameras found, the cheapest first, and how. */
export interface FoundTwoViews {
  /** None where no cameras explain anything. */
  readonly ranking: Ranking;
  /** The homography that explains the most. */
  readonly homography: Matrix3 | undefined;
  /** Minimal samples that were tried. */
  readonly samples: number;
}

/** Distinct cameras around which is searched. */
const MOST_LEADERS = 4;
/** Cameras that are compared to the last. */
const MOST_FINALISTS = 5;
/**
 * Of the evidence that is asked for in the end, the share that the first hypotheses must have. Of 238 pairs of photographs that
 * had enough in the end one, ambiguous, had less here; of 159 others more than a hundred.
 */
const LEAST_PROMISE = 0.25;
/** Matches that decide which cameras are the best; what they are worth, and where exactly they lie, all decide. */
const COMPARED = 1000;

/**
 * From coarse to fine: hypotheses of all kinds, the best of samples around each, and, with the noise that these leave, the
 * best around the cheapest for each focal length that is to be expected.
 */
export function findTwoViews(
  problem: TwoViewProblem,
  prepared: PreparedMatches,
  { objective, random }: { readonly objective: TwoViewObjective; readonly random: Random },
): FoundTwoViews {
  const compared = prefixOf(prepared, COMPARED);
  const { matches } = compared;
  const search = { prepared: compared, objective, random };
  const { cameras, samples } = searchTwoViews(search);
  const homography = searchHomography(search);
  const hypotheses = [
    ...cameras,
    ...(objective.predicted ? fromPrediction(objective.predicted, matches, objective) : []),
    ...(homography ? fromHomography(homography, matches, objective) : []),
  ];
  const first = rankCandidates(hypotheses, compared, objective);
  if (!isPromising(first, { problem, compared, samples })) return { ranking: first, homography, samples };
  const leaders = distinct(first).slice(0, MOST_LEADERS);
  const around = leaders.flatMap((leader) => [leader, ...searchAround(leader, search)]);
  const { ranked } = rankCandidates(around, compared, objective);
  const sharp = ranked[0] ? sharpenObjective(ranked[0], matches, objective) : objective;
  const found = rankCandidates(finalistsOf(ranked), compared, sharp);
  const byFocal = found.ranked
    .slice(0, 1)
    .flatMap((one) => searchByFocal(one.cameras, { ...search, objective: sharp }));
  const finalists = rankCandidates([...finalistsOf(found.ranked), ...byFocal], compared, sharp);
  const isDecided = compared.matches.count === prepared.matches.count;
  const ranking = isDecided ? finalists : rankCandidates(finalistsOf(finalists.ranked), prepared, sharp);
  return { ranking, homography, samples };
}

/** Whether what follows may make evidence of the first hypotheses. */
function isPromising(
  { ranked: [best], objective }: Ranking,
  {
    problem,
    compared,
    samples,
  }: {
    readonly problem: TwoViewProblem;
    readonly compared: Pick<PreparedMatches, "matches" | "depths">;
    readonly samples: number;
  },
): boolean {
  if (best === undefined) return false;
  const inquiry = openInquiry(problem, compared, { best: best.cameras, objective, random: seededRandom("chance") });
  return evidenceOf(inquiry, samples) > LEAST_PROMISE;
}

function finalistsOf(ranked: Ranking["ranked"]): TwoViewCameras[] {
  return ranked.slice(0, MOST_FINALISTS).map((one) => one.cameras);
}

/** The ranked cameras without those that lie where better ones do. */
function distinct({ ranked }: Ranking): TwoViewCameras[] {
  const cameras = ranked.map((one) => one.cameras);
  return cameras.filter((one, place) => !cameras.slice(0, place).some((better) => isSamePose(one, better)));
}
