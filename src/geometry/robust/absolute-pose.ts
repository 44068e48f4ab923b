import type { Intrinsics, Pose } from "../../core/camera.ts";
import { type Random, randomInteger, seededRandom } from "../../core/random.ts";
import { normalize, type Vector3 } from "../mat3.ts";
import type { Points } from "../pose.ts";
import type { Estimator } from "./estimator.ts";
import { loRansac } from "./lo-ransac.ts";
import { type Correspondences, type PosedCamera, scoreCamera, squaredErrors } from "./posed-camera.ts";
import { type RefineOptions, refineCamera } from "./refine-camera.ts";
import { solveP3P } from "./solvers/p3p.ts";

/** How to look for a camera's pose. */
export interface AbsolutePoseOptions {
  /** Reprojection error in pixels from which a correspondence counts as wrong; 5 when left out. */
  readonly threshold?: number | undefined;
  /**
   * The focal length is not known: `intrinsics` gives the principal point, the ratio of fx and fy, and a first guess
   * such as the image's longer side; focals between half and three times the guess are tried.
   */
  readonly unknownFocal?: boolean | undefined;
  /** Equal seeds give equal results; 0 when left out. */
  readonly seed?: number | string | undefined;
}

/** A camera's pose, or why there is none. */
export type AbsolutePose =
  | {
      readonly status: "ok";
      readonly camFromWorld: Pose;
      /** As given, or with the focal length that was found. */
      readonly intrinsics: Intrinsics;
      /** `[n]`, 1 for the correspondences within the threshold. */
      readonly inliers: Uint8Array;
      readonly inlierCount: number;
    }
  | { readonly status: "failed"; readonly reason: string };

/** Correspondences on which hypotheses are judged and refined, and on which the final pose is refined. */
const SCORED = 1024;
const REFINED = 16_384;
const SEARCH = { minIterations: 64, maxIterations: 2000, confidence: 0.9999 };
/** Samples for each focal tried, so that a few among them are free of outliers. */
const SAMPLES_PER_FOCAL = 12;
const FOCAL_FACTORS = Array.from({ length: 21 }, (_, i) => 0.5 * 6 ** (i / 20));
const MIN_CORRESPONDENCES = 4;

/**
 * The pose `camFromWorld` from which world points `points3d` `[n, 3]` are seen at pixels `points2d` `[n, 2]`: P3P in
 * LO-RANSAC, then Levenberg-Marquardt on the reprojection error. Time does not grow much with n: hypotheses are judged
 * on a random subset. Non-finite points are outliers.
 */
export function estimateAbsolutePose(
  points3d: Points,
  points2d: Points,
  intrinsics: Intrinsics,
  options: AbsolutePoseOptions = {},
): AbsolutePose {
  const { threshold = 5, unknownFocal = false, seed = 0 } = options;
  const random = seededRandom(seed);
  const data = drawCorrespondences(points3d, points2d, random);
  if (data.count < MIN_CORRESPONDENCES) {
    return { status: "failed", reason: `a pose takes ${MIN_CORRESPONDENCES} points, there are ${data.count}` };
  }
  const refine: RefineOptions = { threshold, lossScale: threshold / 5, refineFocal: unknownFocal, maxIterations: 8 };
  const focalFactors = unknownFocal ? FOCAL_FACTORS : [1];
  const estimator = absolutePoseEstimator(subset(data, SCORED), { intrinsics, focalFactors, refine });
  const minIterations = Math.max(SEARCH.minIterations, SAMPLES_PER_FOCAL * focalFactors.length);
  const found = loRansac(estimator, random, { ...SEARCH, minIterations });
  if (found === undefined) return { status: "failed", reason: "no pose explains the points" };

  const camera = refineCamera(found.model, data, { ...refine, maxIterations: 20 });
  const errors = squaredErrors(camera, { count: points3d.length / 3, points: points3d, pixels: points2d });
  const inliers = new Uint8Array(errors.length);
  let inlierCount = 0;
  for (let i = 0; i < errors.length; i++) {
    inliers[i] = errors[i]! < threshold * threshold ? 1 : 0;
    inlierCount += inliers[i]!;
  }
  return { status: "ok", ...camera, inliers, inlierCount };
}

/** What the estimator works with, besides the data. */
interface AbsolutePoseProblem {
  readonly intrinsics: Intrinsics;
  /** Multiples of the focal length to try, in turn. */
  readonly focalFactors: readonly number[];
  readonly refine: RefineOptions;
}

/** Absolute pose as LO-RANSAC sees it. */
function absolutePoseEstimator(data: Correspondences, problem: AbsolutePoseProblem): Estimator<PosedCamera> {
  const { intrinsics, focalFactors, refine } = problem;
  let sampled = 0;
  return {
    sampleSize: 3,
    count: data.count,
    solve(sample) {
      const factor = focalFactors[sampled++ % focalFactors.length]!;
      const trial = { ...intrinsics, fx: factor * intrinsics.fx, fy: factor * intrinsics.fy };
      const [i, j, k] = sample as unknown as Vector3;
      const bearings = [bearingOf(data, i, trial), bearingOf(data, j, trial), bearingOf(data, k, trial)] as const;
      const points = [pointOf(data, i), pointOf(data, j), pointOf(data, k)] as const;
      return solveP3P({ bearings, points }).map((camFromWorld) => ({ camFromWorld, intrinsics: trial }));
    },
    score: (camera) => scoreCamera(camera, data, refine.threshold),
    refine: (camera) => refineCamera(camera, data, refine),
  };
}

function pointOf({ points }: Correspondences, i: number): Vector3 {
  return [points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!];
}

function bearingOf({ pixels }: Correspondences, i: number, { fx, fy, cx, cy }: Intrinsics): Vector3 {
  return normalize([(pixels[2 * i]! - cx) / fx, (pixels[2 * i + 1]! - cy) / fy, 1]);
}

/** Up to `REFINED` correspondences in random order: every prefix is a random subset of all. */
function drawCorrespondences(points3d: Points, points2d: Points, random: Random): Correspondences {
  const total = points3d.length / 3;
  const count = Math.min(total, REFINED);
  const order = new Int32Array(total);
  for (let i = 0; i < total; i++) order[i] = i;
  const points = new Float64Array(3 * count);
  const pixels = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const other = i + randomInteger(random, total - i);
    const drawn = order[other]!;
    order[other] = order[i]!;
    for (let k = 0; k < 3; k++) points[3 * i + k] = points3d[3 * drawn + k]!;
    for (let k = 0; k < 2; k++) pixels[2 * i + k] = points2d[2 * drawn + k]!;
  }
  return { count, points, pixels };
}

function subset(data: Correspondences, count: number): Correspondences {
  return { ...data, count: Math.min(count, data.count) };
}
