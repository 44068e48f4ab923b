import { gaussian, type Random } from "../../../core/random.ts";
import type { Vector3 } from "../../mat3.ts";
import type { Estimator } from "../estimator.ts";
import { type SeenTwice, solveEssentialFivePoints } from "../solvers/essential-five-points.ts";
import type { FocalKnowledge, FocalsKnowledge } from "./focal-knowledge.ts";
import { poseOfEssential } from "./pose-of-essential.ts";
import { refineTwoViews, type TwoViewObjective } from "./refine-two-views.ts";
import { leastCost, type Matches, scoreTwoViews, type TwoViewCameras, withFocals } from "./two-view-cameras.ts";

/** Steps of a refinement inside the search. */
const LOCAL_STEPS = 6;

/** How every estimator of two cameras judges and refines. */
export function twoViewScoring(
  matches: Matches,
  objective: TwoViewObjective,
): Pick<Estimator<TwoViewCameras>, "count" | "score" | "refine"> {
  return {
    count: matches.count,
    score: (cameras, most) => scoreTwoViews(cameras, matches, { threshold: objective.threshold, most }),
    refine: (cameras) => refineTwoViews(cameras, matches, { ...objective, maxIterations: LOCAL_STEPS }),
  };
}

/**
 * Two cameras by five points, as LO-RANSAC sees it; every sample is tried with focal lengths drawn from what is known, or
 * from narrower `guesses`.
 */
export function essentialEstimator(
  matches: Matches,
  objective: TwoViewObjective,
  { random, guesses = objective.focals }: { readonly random: Random; readonly guesses?: FocalsKnowledge },
): Estimator<TwoViewCameras> {
  return {
    ...twoViewScoring(matches, objective),
    sampleSize: 5,
    solve(sample, most) {
      const [focal1, focal2] = drawFocals(guesses, random);
      const seen = bearingsOf(matches, sample, [focal1, focal2]);
      return solveEssentialFivePoints(seen).flatMap((essential) => {
        // Which side of the cameras points are on only adds to the cost: few matrices are worth taking apart.
        const fundamental = withFocals(essential, focal1, focal2);
        if (most !== undefined && !(leastCost(fundamental, matches, { threshold: objective.threshold, most }) < most))
          return [];
        return { cam2FromCam1: poseOfEssential(essential, seen), focal1, focal2 };
      });
    },
  };
}

/** Focal lengths as likely as what is known says. */
export function drawFocals({ focal1, focal2, shared }: FocalsKnowledge, random: Random): [number, number] {
  const draw = ({ focal, logSigma }: FocalKnowledge) =>
    logSigma > 0 ? focal * Math.exp(logSigma * gaussian(random)) : focal;
  const first = draw(focal1);
  return [first, shared ? first : draw(focal2)];
}

/** Directions (x, y, 1) of some matches in the frames of both cameras. */
export function bearingsOf(
  { pixels }: Matches,
  sample: Int32Array,
  [focal1, focal2]: readonly [number, number],
): SeenTwice {
  const bearings1: Vector3[] = [];
  const bearings2: Vector3[] = [];
  for (const k of sample) {
    bearings1.push([pixels[4 * k]! / focal1, pixels[4 * k + 1]! / focal1, 1]);
    bearings2.push([pixels[4 * k + 2]! / focal2, pixels[4 * k + 3]! / focal2, 1]);
  }
  return { bearings1, bearings2 };
}
