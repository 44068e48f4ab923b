import type { Intrinsics, Pose } from "../../core/camera.ts";
import { type Random, randomInteger, seededRandom } from "../../core/random.ts";
import { normalize, type Vector3 } from "../mat3.ts";
import type { Points } from "../pose.ts";
import { solvePositiveDefinite } from "../solve-positive-definite.ts";
import { isBeyondChance } from "./beyond-chance.ts";
import {
  type Correspondences,
  ESTIMATED_CAMERA_DOF,
  type EstimatedCamera,
  scoreCamera,
  squaredErrors,
} from "./estimated-camera.ts";
import type { Estimator } from "./estimator.ts";
import { loRansac, type RansacOptions } from "./lo-ransac.ts";
import { normalEquations, type RefineOptions, refineCamera } from "./refine-camera.ts";
import { isSameCamera, settleCamera } from "./settle-camera.ts";
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

/** Correspondences on which hypotheses are scored and refined, the best is settled, and the final pose is refined. */
const SCORED = 1024;
const SETTLED = 4096;
const REFINED = 16_384;
const SEARCH: RansacOptions = { minIterations: 64, maxIterations: 2000, confidence: 0.9999 };
const FOCAL_FACTORS = Array.from({ length: 21 }, (_, i) => 0.5 * 6 ** (i / 20));
/** Twelve samples for each focal tried, so that a few among them are free of outliers. */
const FOCAL_SEARCH: RansacOptions = { ...SEARCH, minIterations: 12 * FOCAL_FACTORS.length, maxIterations: 5000 };
const MIN_CORRESPONDENCES = 4;
const P3P_SOLUTIONS = 4;
/** Multiples of the threshold at which the best pose is refined anew, as far as chance explains few points there. */
const WIDTHS: readonly number[] = [2, 3, 5];
const MOST_BY_CHANCE = 1 / 8;
/** A pose is doubtful when another one explains this much of what it explains. */
const RIVAL_SHARE = 0.5;
/** Share of itself within which the focal length must be fixed, were every pixel wrong by the loss's scale. */
const MAX_FOCAL_UNCERTAINTY = 0.5;
const FOCAL_PARAMETER = 6;

/**
 * The pose `camFromWorld` from which world points `points3d` `[n, 3]` are seen at pixels `points2d` `[n, 2]`: P3P in
 * LO-RANSAC, then Levenberg-Marquardt on the reprojection error. Time does not grow much with n: hypotheses are scored
 * on a random subset. Non-finite points and those behind the camera are outliers. Fails where the points fix no pose,
 * where no pose explains more of them than chance would, and where the best is one of several that explain about as
 * many.
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
  const byChance = (Math.PI * threshold * threshold) / spannedArea(points2d);
  const refine: RefineOptions = { threshold, lossScale: threshold / 5, refineFocal: unknownFocal, maxIterations: 8 };
  const widths = WIDTHS.filter((width) => width * width * byChance < MOST_BY_CHANCE);
  const found = findCamera(
    data,
    { intrinsics, focalFactors: unknownFocal ? FOCAL_FACTORS : [1], refine, widths },
    random,
  );
  if (found === undefined) return { status: "failed", reason: "no pose explains the points" };
  const { camera, isDoubtful, samples } = found;
  if (unknownFocal && !(focalUncertainty(camera, data, refine) < MAX_FOCAL_UNCERTAINTY)) {
    return { status: "failed", reason: "the points fix no focal length, as those of a plane seen head-on do not" };
  }
  const errors = squaredErrors(camera, { count: points3d.length / 3, points: points3d, pixels: points2d });
  const inliers = new Uint8Array(errors.length);
  let inlierCount = 0;
  for (let i = 0; i < errors.length; i++) {
    inliers[i] = errors[i]! < threshold * threshold ? 1 : 0;
    inlierCount += inliers[i]!;
  }
  const hypotheses = P3P_SOLUTIONS * Math.min(samples, samplesOfThree(errors.length));
  if (!isBeyondChance({ count: errors.length, inliers: inlierCount, sampleSize: 3, byChance, hypotheses })) {
    return { status: "failed", reason: `no pose explains more of the points than chance does (${inlierCount})` };
  }
  if (isDoubtful) {
    return { status: "failed", reason: `other poses explain about as many of the points (${inlierCount}) as the best` };
  }
  return { status: "ok", ...camera, inliers, inlierCount };
}

/** The camera that explains the most, and how far that goes. */
interface FoundCamera {
  readonly camera: EstimatedCamera;
  /** Others explain about as much. */
  readonly isDoubtful: boolean;
  /** Minimal samples drawn. */
  readonly samples: number;
}

/**
 * One search where it ends because it is sure. One that gives up instead may have found a camera that explains a part of
 * the scene alone: it is settled, and a second search, among other correspondences as far as there are any, shows whether
 * the better of both stands out.
 */
function findCamera(data: Correspondences, problem: AbsolutePoseProblem, random: Random): FoundCamera | undefined {
  const { focalFactors, refine, widths } = problem;
  const options = focalFactors.length > 1 ? FOCAL_SEARCH : SEARCH;
  const search = (start: number) =>
    loRansac(absolutePoseEstimator(part(data, start, SCORED), problem), random, options);
  const first = search(0);
  if (first === undefined) return undefined;
  const thorough = { ...refine, maxIterations: 20 };
  if (first.iterations < options.maxIterations) {
    return { camera: refineCamera(first.model, data, thorough), isDoubtful: false, samples: first.iterations };
  }
  const second = search(SCORED);
  const judged = part(data, 0, SETTLED);
  const [best, rival] = [first, second]
    .flatMap((found) => (found ? [settleCamera(found.model, judged, { ...thorough, widths })] : []))
    .sort((a, b) => b.explained - a.explained);
  const { camera, isSettled } = settleCamera(best!.camera, data, { ...thorough, widths });
  const hasRival =
    rival !== undefined &&
    rival.explained > RIVAL_SHARE * best!.explained &&
    !isSameCamera(best!.camera, rival.camera, { data: judged, threshold: refine.threshold });
  const samples = first.iterations + (second?.iterations ?? 0);
  return { camera, isDoubtful: !isSettled || hasRival, samples };
}

/** The standard deviation of the focal length, as a share of it, where pixels are wrong by the loss's scale. */
function focalUncertainty(camera: EstimatedCamera, data: Correspondences, refine: RefineOptions): number {
  const { hessian } = normalEquations(camera, data, refine);
  const axis = new Float64Array(ESTIMATED_CAMERA_DOF);
  axis[FOCAL_PARAMETER] = 1;
  const variance = solvePositiveDefinite(hessian, axis)?.[FOCAL_PARAMETER];
  return variance === undefined ? Number.POSITIVE_INFINITY : refine.lossScale * Math.sqrt(variance);
}

/** What the estimator works with, besides the data. */
interface AbsolutePoseProblem {
  readonly intrinsics: Intrinsics;
  /** Multiples of the focal length to try, in turn. */
  readonly focalFactors: readonly number[];
  readonly refine: RefineOptions;
  /** As `settleCamera` takes them. */
  readonly widths: readonly number[];
}

/** Absolute pose as LO-RANSAC sees it. */
function absolutePoseEstimator(data: Correspondences, problem: AbsolutePoseProblem): Estimator<EstimatedCamera> {
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

/** The area in pixels² of the box around the finite ones of pixels `[n, 2]`. */
function spannedArea(pixels: Points): number {
  const side = (axis: number): number => {
    let [min, max] = [Infinity, -Infinity];
    for (let i = axis; i < pixels.length; i += 2) {
      const x = pixels[i]!;
      if (!Number.isFinite(x)) continue;
      min = Math.min(min, x);
      max = Math.max(max, x);
    }
    return max - min;
  };
  return side(0) * side(1);
}

function samplesOfThree(count: number): number {
  return (count * (count - 1) * (count - 2)) / 6;
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

/** Correspondences from one on; the last ones where there are not as many after it. */
function part({ count, points, pixels }: Correspondences, from: number, size: number): Correspondences {
  const start = Math.max(0, Math.min(from, count - size));
  const end = Math.min(start + size, count);
  return {
    count: end - start,
    points: points.subarray(3 * start, 3 * end),
    pixels: pixels.subarray(2 * start, 2 * end),
  };
}
