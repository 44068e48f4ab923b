import { type WeighedFocal, weighFocal } from "../alignment/likely-focal.ts";
import { pairScore } from "../alignment/pair-confidence.ts";
import { meanConfidence } from "../alignment/prediction-summary.ts";
import { assumedFocal } from "../alignment/scene-images.ts";
import type { Pose } from "../core/camera.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import { upperMedian } from "../core/upper-median.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { dot } from "../geometry/mat3.ts";
import { invertRigid, rigidPose, scaleTranslation, translationOf } from "../geometry/pose.ts";
import type { Registration } from "../geometry/register-points.ts";
import { registerPointsRobustly } from "../geometry/register-points-robustly.ts";
import { estimateAbsolutePose } from "../geometry/robust/absolute-pose.ts";
import { stretchPointmap } from "../geometry/stretch-pointmap.ts";
import { confidenceWeights } from "./confidence-weights.ts";
import { type Cameras, judgeRelativePose, type SecondCamera } from "./judge-relative-pose.ts";
import { confidentFocal } from "./photo-focals.ts";
import { coordinatesOf, pointsAt, samplePixels } from "./pixel-samples.ts";
import type { RelativePoseMethod } from "./relative-pose-methods.ts";

/** How to look for a relative pose. */
export interface RelativePoseOptions {
  /** `consensus` when left out. */
  readonly method?: RelativePoseMethod | undefined;
  /** Only pixels of at least this confidence take part in PnP; left out, as in `MatchOptions`. */
  readonly minConfidence?: number | undefined;
  /** Equal seeds give equal results; 0 when left out. */
  readonly seed?: number | string | undefined;
  /** Of photo 1 and photo 2, in network pixels: likely beforehand, as of EXIF data, and priors. */
  readonly likelyFocals?: readonly [number | undefined, number | undefined] | undefined;
}

/** A focal length that was used; `assumed` where nothing tells one. */
export interface UsedFocal {
  readonly focal: number;
  readonly source: WeighedFocal["source"] | "assumed";
}

/** The pose of the second of two cameras relative to the first, or why there is none. */
export type RelativePose =
  | {
      readonly status: "ok";
      /** x₂ = R x₁ + t, with t of length 1: the scale is not known. */
      readonly cam2FromCam1: Pose;
      /**
       * The baseline: the distance of the cameras as a share of the median depth. Near 0, the direction of t means
       * little.
       */
      readonly baseline: number;
      /**
       * Inlier ratio: the share of the confident pixels whose points in the other photo's frame reproject to where they
       * belong.
       */
      readonly inlierShare: number;
      /** Of photo 1 and photo 2, in network pixels. */
      readonly focals: readonly [UsedFocal, UsedFocal];
    }
  | { readonly status: "failed"; readonly reason: string };

/** Cameras this near to each other, as a share of the median depth, do not fix the direction between them. */
export const SMALL_BASELINE = 0.005;

/** With fewer than this share of the pixels in agreement, a pose is doubtful. */
export const SMALL_INLIER_SHARE = 0.3;

/** Reprojection errors below this share of the image's diagonal are small. */
const THRESHOLD = 0.02;

/**
 * The pose of camera 2 in the frame of camera 1 from both ordered pairs of two photos; `backward` is the one with photo 2
 * as its view 1.
 */
export function estimateRelativePose(
  predictedForward: PairPrediction,
  predictedBackward: PairPrediction,
  options: RelativePoseOptions = {},
): RelativePose {
  const [likely1, likely2] = options.likelyFocals ?? [];
  const [first, second] = [atFocal(predictedForward, likely1), atFocal(predictedBackward, likely2)];
  const [forward, backward] = [first.prediction, second.prediction];
  const focals = [first.used, second.used] as const;
  const cameras: Cameras = [
    secondCamera(forward, focals[1].focal, options),
    secondCamera(backward, focals[0].focal, options),
  ];
  const pnpForward = () => locate(cameras[0], options);
  const pnpBackward = () => {
    const cam1FromCam2 = locate(cameras[1], options);
    return cam1FromCam2 && invertRigid(cam1FromCam2);
  };
  const procrustes = () => {
    const registration = registerDirections(forward, backward);
    if (registration.status === "failed") return undefined;
    return rigidPose(registration.targetFromSource.rotation, registration.targetFromSource.translation);
  };
  const candidates = {
    consensus: [pnpForward, pnpBackward, procrustes],
    pnp: [pairScore(forward) >= pairScore(backward) ? pnpForward : pnpBackward],
    procrustes: [procrustes],
  }[options.method ?? "consensus"];

  const poses = candidates.map((candidate) => candidate()).filter((pose) => pose !== undefined);
  const [best] = poses.map((pose) => judgeRelativePose(unitTranslation(pose), cameras)).sort((a, b) => a.cost - b.cost);
  if (best === undefined) return { status: "failed", reason: "no pose explains the points" };
  const { cam2FromCam1, distance, inlierShare } = best;
  return { status: "ok", cam2FromCam1, baseline: distance / medianDepth(forward.pointmap1), inlierShare, focals };
}

/**
 * How well a pose of camera 2 in the frame of camera 1, found elsewhere, explains both ordered pairs of two photos.
 * @param focals of photo 1 and photo 2, in network pixels
 */
export function judgeFoundPose(
  cam2FromCam1: Pose,
  focals: readonly [number, number],
  [forward, backward]: readonly [PairPrediction, PairPrediction],
): Pick<Extract<RelativePose, { status: "ok" }>, "cam2FromCam1" | "baseline" | "inlierShare"> {
  const cameras: Cameras = [secondCamera(forward, focals[1], {}), secondCamera(backward, focals[0], {})];
  const pose = unitTranslation(cam2FromCam1);
  const { cam2FromCam1: likelier, distance, inlierShare } = judgeRelativePose(pose, cameras);
  // Which way the translation points, the finder knows: a prediction that has it the other way round agrees nowhere.
  const isOpposed = dot(translationOf(likelier), translationOf(pose)) < 0;
  const baseline = distance / medianDepth(forward.pointmap1);
  return { cam2FromCam1: pose, baseline, inlierShare: isOpposed ? 0 : inlierShare };
}

/** The similarity that aligns the forward direction's points, of both photos, to the backward direction's. */
function registerDirections(forward: PairPrediction, backward: PairPrediction): Registration {
  return registerPointsRobustly(
    joined(forward.pointmap1, forward.pointmap2),
    joined(backward.pointmap2, backward.pointmap1),
    joined(
      commonWeights(forward.confidence1, backward.confidence2),
      commonWeights(forward.confidence2, backward.confidence1),
    ),
  );
}

/** The weight of a point that two directions predict: the geometric mean of both. */
function commonWeights(confidence: Float32Array, other: Float32Array): Float32Array {
  const otherWeights = confidenceWeights(other);
  return confidenceWeights(confidence).map((weight, i) => Math.sqrt(weight * otherWeights[i]!));
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const result = new Float32Array(a.length + b.length);
  result.set(a);
  result.set(b, a.length);
  return result;
}

/** A direction as its first camera sees it at the focal length that it most likely has, which is not always the network's. */
interface AtFocal {
  readonly prediction: PairPrediction;
  readonly used: UsedFocal;
}

function atFocal(prediction: PairPrediction, likely: number | undefined): AtFocal {
  const { size1, pointmap1, pointmap2, confidence1 } = prediction;
  const own = confidentFocal(pointmap1, size1, confidence1);
  const weighed = weighFocal(likely, { own, confidence: meanConfidence(confidence1) });
  if (weighed?.source !== "exif" || own === undefined)
    return { prediction, used: weighed ?? { focal: assumedFocal(size1), source: "assumed" } };
  const stretch = (pointmap: Float32Array) => stretchPointmap(pointmap, weighed.focal / own);
  return {
    prediction: { ...prediction, pointmap1: stretch(pointmap1), pointmap2: stretch(pointmap2) },
    used: weighed,
  };
}

/** The second camera of a direction. */
function secondCamera(
  { size2, pointmap2, confidence2 }: PairPrediction,
  focal: number,
  { minConfidence }: RelativePoseOptions,
): SecondCamera {
  const chosen = samplePixels(confidence2, minConfidence);
  return {
    seen: { count: chosen.length, points: pointsAt(pointmap2, chosen), pixels: coordinatesOf(chosen, size2.width) },
    intrinsics: centeredIntrinsics(size2, focal),
    threshold: THRESHOLD * Math.hypot(size2.width, size2.height),
  };
}

function locate({ seen, intrinsics, threshold }: SecondCamera, { seed }: RelativePoseOptions): Pose | undefined {
  const found = estimateAbsolutePose(seen.points, seen.pixels, intrinsics, { threshold, seed });
  return found.status === "ok" ? found.camFromWorld : undefined;
}

function unitTranslation(pose: Pose): Pose {
  const length = Math.hypot(...translationOf(pose));
  return length > 0 ? scaleTranslation(pose, 1 / length) : pose;
}

function medianDepth(pointmap: Float32Array): number {
  const depths = new Float32Array(pointmap.length / 3).map((_, i) => pointmap[3 * i + 2]!);
  return upperMedian(depths)!;
}
