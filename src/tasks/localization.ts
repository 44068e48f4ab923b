import { pairScore } from "../alignment/pair-confidence.ts";
import { assumedFocal } from "../alignment/scene-images.ts";
import type { Intrinsics, Pose } from "../core/camera.ts";
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

/** How to locate a query. */
export interface LocalizationOptions {
  /** The query's intrinsics in network pixels; its focal length is estimated when left out. */
  readonly intrinsics?: Intrinsics | undefined;
  /** Only pixels of at least this confidence take part; left out, as in `MatchOptions`. */
  readonly minConfidence?: number | undefined;
  /** Equal seeds give equal results; 0 when left out. */
  readonly seed?: number | string | undefined;
}

/** Where a query was taken, or why that cannot be said. */
export type Localization =
  | {
      readonly status: "ok";
      readonly camFromWorld: Pose;
      /** In network pixels; as given, or with the focal length that was found. */
      readonly intrinsics: Intrinsics;
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
  const predictions = observations.map(({ prediction }) => prediction);
  const [mostConfident] = predictions.toSorted((a, b) => pairScore(b) - pairScore(a));
  const { size1, pointmap1, confidence1 } = mostConfident!;
  return centeredIntrinsics(size1, confidentFocal(pointmap1, size1, confidence1) ?? assumedFocal(size1));
}
