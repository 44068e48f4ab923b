import type { Pose } from "../../../core/camera.ts";
import type { Random } from "../../../core/random.ts";
import { type Matrix3, normalize } from "../../mat3.ts";
import { rigidPose, rotationOf, translationOf } from "../../pose.ts";
import { loRansac, type RansacOptions } from "../lo-ransac.ts";
import { decomposeHomography } from "./decompose-homography.ts";
import { errorsWithDepth } from "./depth-agreement.ts";
import { depthEstimator } from "./depth-estimator.ts";
import { essentialEstimator } from "./essential-estimator.ts";
import type { FocalKnowledge, FocalsKnowledge } from "./focal-knowledge.ts";
import { homographyEstimator, inPixels } from "./homography.ts";
import { refineTwoViews, type TwoViewObjective } from "./refine-two-views.ts";
import { type Matches, msac, scoreTwoViews, type TwoViewCameras } from "./two-view-cameras.ts";
import { type PreparedMatches, prefixOf, selectMatches } from "./two-view-problem.ts";

/** Matches on which hypotheses are judged. */
const SEARCHED = 500;
const ESSENTIAL_SEARCH: RansacOptions = { minIterations: 50, maxIterations: 400, confidence: 0.999 };
const DEPTH_SEARCH: RansacOptions = { minIterations: 50, maxIterations: 1500, confidence: 0.9999 };
const HOMOGRAPHY_SEARCH: RansacOptions = { minIterations: 30, maxIterations: 500, confidence: 0.999 };
/** Multiples of threshold and loss scale through which a hypothesis is refined: it may start as far off. */
const FROM_A_SAMPLE: readonly (readonly number[])[] = [[1], [2, 1], [4, 2, 1]];
const FROM_A_PREDICTION: readonly (readonly number[])[] = [[1], [3, 1], [10, 5, 2, 1], [30, 15, 8, 4, 2, 1]];
const INNER_SEARCH: RansacOptions = { minIterations: 30, maxIterations: 60, confidence: 0.999 };
const PROFILE_SEARCH: RansacOptions = { minIterations: 15, maxIterations: 15, confidence: 0.999 };
/** In thresholds: among matches no farther off the inner search draws. */
const NEARLY = 2;
/** Standard deviation of the logarithm of the focal lengths that it tries. */
const NARROW = 0.08;
/** Standard deviations from what is known at which focal lengths are tried. */
const FOCAL_DEVIATIONS: readonly number[] = [-2, -1, 0, 1, 2];
const STEPS = 10;
/** Cameras by predicted depths are as coarse as those: they are searched with wider thresholds. */
const COARSE = 4;

/** What a search came back with. */
export interface TwoViewCandidates {
  readonly cameras: readonly TwoViewCameras[];
  /** Minimal samples that were tried. */
  readonly samples: number;
}

/** What there is to search in. */
export interface TwoViewSearch {
  readonly prepared: Pick<PreparedMatches, "matches" | "depths">;
  readonly objective: TwoViewObjective;
  readonly random: Random;
}

/**
 * Cameras by three points with depth and by five points, refined.
 * @param leastShare share of the matches that cameras must explain to be of use: the more, the shorter the search
 */
export function searchTwoViews({ prepared, objective, random }: TwoViewSearch, leastShare = 0): TwoViewCandidates {
  const all = prepared.matches;
  const within = (options: RansacOptions, sampleSize: number): RansacOptions => {
    const enough = Math.ceil(
      Math.log(1 - options.confidence) / Math.log1p(-(Math.min(leastShare, 0.99) ** sampleSize)),
    );
    const maxIterations = Math.min(options.maxIterations, enough);
    return { ...options, maxIterations, minIterations: Math.min(options.minIterations, maxIterations) };
  };
  const searched = prefixOf(prepared, SEARCHED).matches;
  const found = [loRansac(essentialEstimator(searched, objective, { random }), random, within(ESSENTIAL_SEARCH, 5))];
  if (prepared.depths) {
    const withDepth = matchesWithDepth(prepared.depths).slice(0, SEARCHED);
    const { matches, depths } = selectMatches(prepared, withDepth);
    const coarse = widen(objective, COARSE);
    found.push(loRansac(depthEstimator(matches, depths!, coarse, random), random, within(DEPTH_SEARCH, 3)));
  }
  return {
    cameras: found.flatMap((result) => (result ? [settle(result.model, all, { objective, ways: FROM_A_SAMPLE })] : [])),
    samples: found.reduce((sum, result) => sum + (result?.iterations ?? 0), 0),
  };
}

/**
 * The best cameras of samples drawn among the matches that given cameras explain, or nearly do: in the neighborhood of the
 * right ones refinement alone ends in one of many minima, and here most samples are free of outliers.
 */
export function searchAround(
  cameras: TwoViewCameras,
  { prepared, objective, random }: TwoViewSearch,
  options: RansacOptions = INNER_SEARCH,
): TwoViewCameras[] {
  const { matches } = prepared;
  const { threshold, lossScale: noise } = objective;
  const judged = { ...prepared, noise, threshold };
  const errors = errorsWithDepth(cameras, { ...judged, noise: NEARLY * noise, threshold: NEARLY * threshold });
  const limit = (NEARLY * threshold) ** 2;
  const near = [...errors.keys()].filter((k) => errors[k]! < limit);
  const guesses = narrowFocals(objective.focals, cameras);
  const estimator = essentialEstimator(matches, objective, { random, guesses });
  let leastCost = Number.POSITIVE_INFINITY;
  const amongNear = {
    ...estimator,
    count: near.length,
    score: (model: TwoViewCameras) => {
      // Depths only add to the cost: what is no better without them needs no second look.
      const plain = scoreTwoViews(model, matches, { threshold, most: leastCost });
      if (!(plain.cost < leastCost)) return plain;
      const score = msac(errorsWithDepth(model, judged), matches.count, threshold);
      leastCost = Math.min(leastCost, score.cost);
      return score;
    },
    solve: (sample: Int32Array, most?: number) =>
      estimator.solve(
        sample.map((i) => near[i]!),
        most,
      ),
  };
  const found = loRansac(amongNear, random, options);
  return found ? [found.model] : [];
}

/** As `searchAround`, for each of the focal lengths that are to be expected: one that matches hardly fix has many minima. */
export function searchByFocal(cameras: TwoViewCameras, search: TwoViewSearch): TwoViewCameras[] {
  const { focals } = search.objective;
  // What is known better than samples are drawn by needs no search.
  if (focals.focal1.logSigma <= NARROW && focals.focal2.logSigma <= NARROW) return searchAround(cameras, search);
  return FOCAL_DEVIATIONS.flatMap((deviation) => {
    const at = ({ focal, logSigma }: FocalKnowledge) => ({
      focal: focal * Math.exp(deviation * logSigma),
      logSigma: 0,
    });
    const exact = { focal1: at(focals.focal1), focal2: at(focals.focal2), shared: focals.shared };
    const start = { ...cameras, focal1: exact.focal1.focal, focal2: exact.focal2.focal };
    const objective = { ...search.objective, focals: exact };
    const settled = settle(start, search.prepared.matches, { objective, ways: FROM_A_SAMPLE });
    return [settled, ...searchAround(settled, { ...search, objective }, PROFILE_SEARCH)];
  });
}

/** What is known of focal lengths once cameras are nearly right. */
function narrowFocals({ focal1, focal2, shared }: FocalsKnowledge, cameras: TwoViewCameras): FocalsKnowledge {
  const narrow = (focal: number, { logSigma }: FocalKnowledge) => ({
    focal,
    logSigma: Math.min(logSigma, NARROW),
  });
  return { focal1: narrow(cameras.focal1, focal1), focal2: narrow(cameras.focal2, focal2), shared };
}

/** The cameras that a predicted pose leads to. */
export function fromPrediction(predicted: Pose, matches: Matches, objective: TwoViewObjective): TwoViewCameras[] {
  const { focal1, focal2 } = objective.focals;
  const start = { cam2FromCam1: predicted, focal1: focal1.focal, focal2: focal2.focal };
  return [settle(start, matches, { objective, ways: FROM_A_PREDICTION })];
}

/** The homography that explains the most. */
export function searchHomography({ prepared, objective, random }: TwoViewSearch): Matrix3 | undefined {
  const { focal1, focal2 } = objective.focals;
  const searched = prefixOf(prepared, SEARCHED).matches;
  return loRansac(homographyEstimator(searched, [focal1.focal, focal2.focal], objective), random, HOMOGRAPHY_SEARCH)
    ?.model;
}

/** The cameras that a homography leaves possible, were the focal lengths as expected, as they are. */
export function camerasOfPlane(homography: Matrix3, { focal1, focal2 }: FocalsKnowledge): TwoViewCameras[] {
  const ofBearings = inPixels(homography, [1 / focal1.focal, 1 / focal2.focal]);
  return decomposeHomography(ofBearings, [0, 0, 1]).flatMap((solution) => {
    const cam2FromCam1 = unitTranslation(solution.cam2FromCam1);
    return cam2FromCam1 ? [{ cam2FromCam1, focal1: focal1.focal, focal2: focal2.focal }] : [];
  });
}

/** The cameras that a homography leads to where not all points lie in its plane. */
export function fromHomography(homography: Matrix3, matches: Matches, objective: TwoViewObjective): TwoViewCameras[] {
  return camerasOfPlane(homography, objective.focals).map((start) =>
    settle(start, matches, { objective, ways: FROM_A_SAMPLE }),
  );
}

/** The best of several refinements from one start, through wider thresholds to the right one. */
function settle(
  start: TwoViewCameras,
  matches: Matches,
  { objective, ways }: { readonly objective: TwoViewObjective; readonly ways: readonly (readonly number[])[] },
): TwoViewCameras {
  const ends = ways.map((widths) =>
    widths.reduce((cameras, width) => {
      return refineTwoViews(cameras, matches, { ...widen(objective, width), maxIterations: STEPS });
    }, start),
  );
  const costs = [start, ...ends].map((cameras) => scoreTwoViews(cameras, matches, objective).cost);
  return [start, ...ends][costs.indexOf(Math.min(...costs))]!;
}

/** The objective for pixels that are so many times as wrong. */
function widen(objective: TwoViewObjective, width: number): TwoViewObjective {
  const { threshold, lossScale, priorWeight } = objective;
  return {
    ...objective,
    threshold: width * threshold,
    lossScale: width * lossScale,
    priorWeight: width * width * priorWeight,
  };
}

/** Knowledge that leaves nothing to find: the focal lengths of these cameras. */
export function exactFocals({ focal1, focal2 }: TwoViewCameras, { shared }: FocalsKnowledge): FocalsKnowledge {
  return { focal1: { focal: focal1, logSigma: 0 }, focal2: { focal: focal2, logSigma: 0 }, shared };
}

/** The pose with a translation of length one; undefined where it has none. */
export function unitTranslation(pose: Pose): Pose | undefined {
  const direction = normalize(translationOf(pose));
  return Math.hypot(...direction) > 0 ? rigidPose(rotationOf(pose), direction) : undefined;
}

function matchesWithDepth(depths: Float64Array): number[] {
  const found: number[] = [];
  for (let k = 0; 2 * k < depths.length; k++) {
    if (depths[2 * k]! > 0 && depths[2 * k + 1]! > 0 && Number.isFinite(depths[2 * k]! + depths[2 * k + 1]!))
      found.push(k);
  }
  return found;
}
