import { believedFocal, type PredictedFocal } from "../alignment/likely-focal.ts";
import { pairScore } from "../alignment/pair-confidence.ts";
import { meanConfidence } from "../alignment/prediction-summary.ts";
import { assumedFocal } from "../alignment/scene-images.ts";
import type { Intrinsics, Pose } from "../core/camera.ts";
import type { ImagePlane } from "../core/image-plane.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Size } from "../core/view.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { confidentFocal } from "./photo-focals.ts";

/** A photo whose place in the world is known, at network resolution. */
export interface MapView {
  /** In network pixels. */
  readonly intrinsics: Intrinsics;
  readonly worldFromCam: Pose;
  /** `[height, width, 3]`, the world's point at each network pixel; NaN where none is known. */
  readonly worldPoints: Float64Array;
}

/** A query shown to the network together with one view of the map. */
export interface MapObservation {
  /** The query is view 1, the map's view is view 2. */
  readonly prediction: PairPrediction;
  readonly mapView: MapView;
}

/** Intrinsics in network pixels that a query is likely to have. */
export interface LikelyCamera {
  readonly intrinsics: Intrinsics;
  /** Those of the camera that the map's photos were taken with, or of the query's EXIF data. */
  readonly source: "map" | "exif";
}

/** How to locate a query. */
export interface LocalizationOptions {
  /** The query's intrinsics in network pixels; its focal length is estimated when left out. */
  readonly intrinsics?: Intrinsics | undefined;
  /** Tried where `intrinsics` are left out, and believed where the query fits them. */
  readonly likely?: LikelyCamera | undefined;
  /** Only pixels of at least this confidence take part; left out, as in `MatchOptions`. */
  readonly minConfidence?: number | undefined;
  /** Equal seeds give equal results; 0 when left out. */
  readonly seed?: number | string | undefined;
}

/** Where a query's focal length comes from: `given`, one of its likely cameras, or found by the `network` and the map. */
export type QueryFocalSource = "given" | LikelyCamera["source"] | "network";

/** Where a query was taken, or why that cannot be said. */
export type Localization =
  | {
      readonly status: "ok";
      readonly camFromWorld: Pose;
      /** In network pixels; as given, or with the focal length that was found. */
      readonly intrinsics: Intrinsics;
      /** Where they come from. */
      readonly focalSource: QueryFocalSource;
      /** Pixels that agree with the pose, of how many. */
      readonly inliers: number;
      readonly count: number;
    }
  | { readonly status: "failed"; readonly reason: string };

/** Reprojection errors below this share of the image's diagonal are small: that of the paper's experiments. */
const THRESHOLD = 0.008;

/** In network pixels. */
export function localizationThreshold({ width, height }: Size): number {
  return THRESHOLD * Math.hypot(width, height);
}

/** Fewer pixels than this, or a smaller share of all, agree with some pose by chance. */
const MIN_INLIERS = 20;
const MIN_SHARE = 0.1;

/** A pose that so many pixels support may be believed. */
export function isSupported(inliers: number, count: number): boolean {
  return inliers >= MIN_INLIERS && inliers >= MIN_SHARE * count;
}

/** The query's intrinsics as the network predicts them, from the most confident pair. */
export function guessIntrinsics(observations: readonly MapObservation[]): Intrinsics {
  const { size, own } = predictedCamera(observations);
  return centeredIntrinsics(size, own ?? assumedFocal(size));
}

/** A likely camera, unless the network's points clearly contradict its focal length. */
export function believedCamera(
  observations: readonly MapObservation[],
  likely: LikelyCamera | undefined,
): LikelyCamera | undefined {
  if (likely === undefined) return undefined;
  return believedFocal(likely.intrinsics.fx, predictedCamera(observations)) === undefined ? undefined : likely;
}

function predictedCamera(observations: readonly MapObservation[]): PredictedFocal & { readonly size: ImagePlane } {
  const predictions = observations.map(({ prediction }) => prediction);
  const [mostConfident] = predictions.toSorted((a, b) => pairScore(b) - pairScore(a));
  const { size1: size, pointmap1, confidence1 } = mostConfident!;
  return { size, own: confidentFocal(pointmap1, size, confidence1), confidence: meanConfidence(confidence1) };
}
