import { scaleTranslation, translationOf } from "../geometry/pose.ts";
import { refineTwoViews } from "../geometry/robust/two-view/refine-two-views.ts";
import type { Matches, TwoViewCameras } from "../geometry/robust/two-view/two-view-cameras.ts";
import { agreedFocals } from "./agreed-focals.ts";
import { fromPrincipalPoint, type PosedPhoto } from "./posed-photo.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

const MOST_ITERATIONS = 20;

/**
 * The pairs with the poses that their matches have under the focal length on which all pairs of a camera agree: each found its own,
 * and a focal length that is a little off goes with a pose that is. What that does to a length is left to `pairScales`.
 */
export function settledPairs(photos: readonly PosedPhoto[], pairs: readonly VerifiedPair[]): VerifiedPair[] {
  const agreed = agreedFocals(photos, pairs);
  const keypoints = photos.map(fromPrincipalPoint);
  return pairs.map((pair) => {
    const [focal1, focal2] = [agreed.get(photos[pair.photo1]!.camera), agreed.get(photos[pair.photo2]!.camera)];
    if (focal1 === undefined || focal2 === undefined) return pair;
    const length = Math.hypot(...translationOf(pair.cam2FromCam1));
    const start: TwoViewCameras = {
      cam2FromCam1: scaleTranslation(pair.cam2FromCam1, 1 / length),
      focal1: focal1.focal,
      focal2: focal2.focal,
    };
    const noise = Math.sqrt(photos[pair.photo1]!.noise * photos[pair.photo2]!.noise);
    const { cam2FromCam1 } = refineTwoViews(start, matchesOf(keypoints, pair), {
      // The matches are those that agree, with a focal length of their own.
      threshold: Number.POSITIVE_INFINITY,
      lossScale: noise,
      focals: { focal1: exactly(start.focal1), focal2: exactly(start.focal2), shared: false },
      priorWeight: 0,
      maxIterations: MOST_ITERATIONS,
    });
    return {
      ...pair,
      focal1: start.focal1,
      focal2: start.focal2,
      cam2FromCam1: scaleTranslation(cam2FromCam1, length),
    };
  });
}

function exactly(focal: number) {
  return { focal, logSigma: 0 };
}

function matchesOf(keypoints: readonly Float64Array[], { photo1, photo2, matches }: VerifiedPair): Matches {
  const pixels = new Float64Array(2 * matches.length);
  for (const [k, feature] of matches.entries())
    pixels.set(keypoints[k % 2 === 0 ? photo1 : photo2]!.subarray(2 * feature, 2 * feature + 2), 2 * k);
  return { count: matches.length / 2, pixels };
}
