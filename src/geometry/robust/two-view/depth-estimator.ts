import type { Random } from "../../../core/random.ts";
import type { Vector3 } from "../../mat3.ts";
import { rigidPose } from "../../pose.ts";
import type { Similarity } from "../../similarity.ts";
import type { Estimator } from "../estimator.ts";
import {
  registerDepths,
  type SeenWithDepth,
  solveThreeAffineDepths,
  solveThreeDepthsSharedFocal,
} from "../solvers/relative-pose-three-depths.ts";
import { bearingsOf, drawFocals, twoViewScoring } from "./essential-estimator.ts";
import type { TwoViewObjective } from "./refine-two-views.ts";
import type { Matches, TwoViewCameras } from "./two-view-cameras.ts";

/** A focal length that three depths give is tried within so many standard deviations of what is known of it. */
const MOST_DEVIATION = 3;

/**
 * Two cameras by three matches with a predicted depth in both photos, as LO-RANSAC sees it: samples take turns in trusting
 * the depths up to one ratio of scales, up to an offset in each photo, or up to the focal length where both photos share an
 * unknown one.
 */
export function depthEstimator(
  matches: Matches,
  depths: Float64Array,
  objective: TwoViewObjective,
  random: Random,
): Estimator<TwoViewCameras> {
  const { focals } = objective;
  const findsFocal = focals.shared && focals.focal1.logSigma > 0;
  const kinds = findsFocal ? 3 : 2;
  let drawn = 0;
  return {
    ...twoViewScoring(matches, objective),
    sampleSize: 3,
    solve(sample) {
      const kind = drawn++ % kinds;
      const known = kind === 2 ? ([focals.focal1.focal, focals.focal1.focal] as const) : drawFocals(focals, random);
      const seen = { ...bearingsOf(matches, sample, known), ...depthsOf(depths, sample) } as SeenWithDepth;
      if (kind === 2) {
        return solveThreeDepthsSharedFocal(seen)
          .filter(({ focal }) => Math.abs(Math.log(focal)) < MOST_DEVIATION * focals.focal1.logSigma)
          .flatMap(({ cam2FromCam1, focal }) => camerasOf(cam2FromCam1, [focal * known[0], focal * known[1]]));
      }
      const solutions = kind === 0 ? registerDepths(seen) : solveThreeAffineDepths(seen);
      return solutions.flatMap((cam2FromCam1) => camerasOf(cam2FromCam1, known));
    },
  };
}

function camerasOf(
  { rotation, translation }: Similarity,
  [focal1, focal2]: readonly [number, number],
): TwoViewCameras[] {
  const length = Math.hypot(...translation);
  if (!(length > 0)) return [];
  const [x, y, z] = translation;
  return [{ cam2FromCam1: rigidPose(rotation, [x / length, y / length, z / length]), focal1, focal2 }];
}

function depthsOf(depths: Float64Array, sample: Int32Array): Pick<SeenWithDepth, "depths1" | "depths2"> {
  const of = (photo: 0 | 1) => Array.from(sample, (k) => depths[2 * k + photo]!) as unknown as Vector3;
  return { depths1: of(0), depths2: of(1) };
}
