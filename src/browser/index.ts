/// <reference lib="esnext.disposable" preserve="true" />

/**
 * The library in a browser: the same functions, options and answers as in Node, as far as they make sense there. All work is done
 * in workers; the page sends photos by reference and receives progress and the result.
 */
import "./disposable-symbols.ts";

// Reconstruct, and give the scene as files.

export type { AlignMethod } from "../alignment/align-options.ts";
export type { DenseMap, DenseScene, DepthSize, FusedPoints, HeldDenseMap } from "../core/dense-scene.ts";
export type { ExportKind } from "../export/export-kinds.ts";
export type { PhotoInput } from "../images/photo-input.ts";
export type { PairGraph } from "../pairs/make-pairs.ts";
export type { PairChoice } from "../pipeline/choose-pairs.ts";
export { RECONSTRUCT_DEFAULTS } from "../pipeline/reconstruct-options.ts";
export { type PhotoPoints, type ReconstructedPhoto, reconstructedPhotos } from "../pipeline/reconstruction.ts";
export type { SceneJson, SceneJsonImage, SceneJsonPair, StoredMap } from "../scene-file/scene-format.ts";
export type { RunFacts } from "../scene-file/scene-json.ts";
export type { ExportedScene, ExportSceneOptions, SceneBlob } from "./export-scene.ts";
export { type Reconstruction, type ReconstructOptions, reconstruct } from "./reconstruct.ts";
export { exportScene, removeStore, zipFiles } from "./scene-blobs.ts";

// Say what is known beforehand: intrinsics, poses, a distance; by photo name, in original pixels.

export type { KnownLens, KnownLenses } from "../core/known-lens.ts";
export type { Distortion, Lens, Straightening } from "../core/lens.ts";
export type { ByPhoto } from "../core/photo-names.ts";
export type { PhotoMask } from "../geometry/network-mask.ts";
export type { PhotoPriors } from "../priors/network-priors.ts";
export { parseIntrinsics } from "../priors/parse-intrinsics.ts";
export { type PhotoDistance, parseKnownDistance } from "../priors/parse-known-distance.ts";
export { type KnownPoses, parsePoses } from "../priors/parse-poses.ts";

// Ask a single question of one or two photos, or the network itself.

export type { PairPrediction } from "../core/pair-prediction.ts";
export type { MatchedPhotos } from "../pipeline/match-photos.ts";
export type { NamedFocal } from "../pipeline/photo-focals.ts";
export type { PredictedPairs } from "../pipeline/predict-pairs.ts";
export type { FoundPose } from "../pipeline/relative-pose.ts";
export {
  type MatchPhotosOptions,
  matchPhotos,
  type PhotoFocalsOptions,
  photoFocals,
  predictPairs,
  type RelativePosePhotosOptions,
  relativePose,
} from "./questions.ts";

// Keep a model open: load once, call many times.

export type { NetworkConfig } from "../network/config.ts";
export {
  type ConcreteDevice,
  type ConcretePrecision,
  DEVICES,
  type Device,
  PRECISIONS,
  type Precision,
} from "../runtime/device.ts";
export type { ModelSource, WeightsSource } from "./model-source.ts";
export { type Model, type ModelChoice, type ModelOptions, openModel } from "./open-model.ts";

// Scenes at network resolution, progress, canceling and errors.

export type { Intrinsics, Pose } from "../core/camera.ts";
export { CapabilityError, FormatError, InputError } from "../core/errors.ts";
export type { Logger } from "../core/logger.ts";
export type { NamedBytes } from "../core/picture.ts";
export type { ProgressEvent, RunOptions, Stage } from "../core/progress.ts";
export type { Scene, SceneImage, ScenePair } from "../core/scene.ts";
export type { PixelMapping, Size, View } from "../core/view.ts";
