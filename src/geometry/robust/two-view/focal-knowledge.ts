import { FOCAL_1, FOCAL_2, TWO_VIEW_DOF, type TwoViewCameras } from "./two-view-cameras.ts";

/** What is known of a focal length before the matches are looked at. */
export interface FocalKnowledge {
  /** In pixels. */
  readonly focal: number;
  /** Standard deviation of its logarithm; 0 for one that is exact. */
  readonly logSigma: number;
}

/** What is known of the focal lengths of two photos. */
export interface FocalsKnowledge {
  readonly focal1: FocalKnowledge;
  readonly focal2: FocalKnowledge;
  /** Both photos were taken with the same camera and lens: there is but one focal length. */
  readonly shared: boolean;
}

/**
 * With a shared camera, both photos' knowledge in one: what is exact, else the mean, with the mean of their widths, since
 * whoever guesses twice errs alike.
 */
export function joinFocals({ focal1, focal2, shared }: FocalsKnowledge): FocalsKnowledge {
  if (!shared) return { focal1, focal2, shared };
  const certain = [focal1, focal2].find(({ logSigma }) => logSigma === 0);
  const focal = certain ?? {
    focal: Math.sqrt(focal1.focal * focal2.focal),
    logSigma: (focal1.logSigma + focal2.logSigma) / 2,
  };
  return { focal1: focal, focal2: focal, shared };
}

/** The ways in which two cameras may change, as directions in the parameters of `changeCameras`: all but exact focals. */
export function freeDirections({ focal1, focal2, shared }: FocalsKnowledge): Float64Array[] {
  const axes = (...parameters: readonly number[]) => {
    const direction = new Float64Array(TWO_VIEW_DOF);
    for (const parameter of parameters) direction[parameter] = 1;
    return direction;
  };
  const poses = Array.from({ length: FOCAL_1 }, (_, parameter) => axes(parameter));
  if (shared) return focal1.logSigma > 0 ? [...poses, axes(FOCAL_1, FOCAL_2)] : poses;
  return [...poses, ...(focal1.logSigma > 0 ? [axes(FOCAL_1)] : []), ...(focal2.logSigma > 0 ? [axes(FOCAL_2)] : [])];
}

/** How far the focal lengths are from what was known of them, in standard deviations; 0 for those that are exact. */
export function focalDeviations(
  cameras: Pick<TwoViewCameras, "focal1" | "focal2">,
  { focal1, focal2, shared }: FocalsKnowledge,
): readonly [number, number] {
  const deviation = (found: number, { focal, logSigma }: FocalKnowledge) =>
    logSigma > 0 ? Math.log(found / focal) / logSigma : 0;
  return [deviation(cameras.focal1, focal1), shared ? 0 : deviation(cameras.focal2, focal2)];
}
