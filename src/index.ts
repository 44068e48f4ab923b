/// <reference lib="esnext.disposable" preserve="true" />

/** Photos in, dense 3D out. Names are listed in the order of the data flow. */

export { align } from "./alignment/align.ts";
export type { AlignMethod, AlignOptions, AlignPriors, KnownDistance } from "./alignment/align-options.ts";
export { withoutOccluders } from "./alignment/clean.ts";
export type { BlobStore } from "./core/blob-store.ts";
export type { Intrinsics, Pose } from "./core/camera.ts";
export { CapabilityError, FormatError, InputError } from "./core/errors.ts";
export type { Logger } from "./core/logger.ts";
export type { PairPrediction } from "./core/pair-prediction.ts";
export type { ProgressEvent, RunOptions, Stage } from "./core/progress.ts";
export type { Agreement, AlignmentReport, AlignmentWarning, Scene, SceneImage, ScenePair } from "./core/scene.ts";
export type { PixelMapping, Size, View, ViewPair } from "./core/view.ts";
export { DEFAULT_EXPORT_KINDS, EXPORT_KINDS, type ExportKind } from "./export/export-kinds.ts";
export type { LoadPhoto, PhotoFormat } from "./export/photo-files.ts";
export type { RunFacts, SceneJson } from "./export/scene-json.ts";
export { type FileSink, type WriteSceneOptions, type WrittenScene, writeScene } from "./export/write-scene.ts";
export { loadViews } from "./images/load-views.ts";
export type { PlanOptions } from "./images/plan-view.ts";
export { type InferOptions, inferPairs, type PairInference } from "./inference/infer-pairs.ts";
export { type NetworkChoice, openNetwork } from "./inference/open-network.ts";
export { type EncodedView, PairNetwork } from "./inference/pair-network.ts";
export { type PairsFile, readPairsFile } from "./inference/read-pairs-file.ts";
export { openMap } from "./maps/open-map.ts";
export type { MapPhoto, PosedMap } from "./maps/posed-map.ts";
export type { NetworkConfig } from "./network/config.ts";
export { makePairs, type PairGraph, type PairOptions } from "./pairs/make-pairs.ts";
export { type AddedPhotos, type AddPhotosOptions, addPhotos } from "./pipeline/add-photos.ts";
export type { PairChoice } from "./pipeline/choose-pairs.ts";
export {
  type LocalizationMethod,
  type LocalizedPhoto,
  type LocalizePhotosOptions,
  localizePhotos,
} from "./pipeline/localize-photos.ts";
export { type NetworkOptions, type PredictedPairs, predictPairs, viewPlan } from "./pipeline/predict-pairs.ts";
export { type Reconstruction, type ReconstructOptions, reconstruct } from "./pipeline/reconstruct.ts";
export type { PhotoMask } from "./priors/network-mask.ts";
export { networkPriors, type PhotoPriors } from "./priors/network-priors.ts";
export { type KnownLens, type KnownLenses, parseIntrinsics } from "./priors/parse-intrinsics.ts";
export { type PhotoDistance, parseKnownDistance } from "./priors/parse-known-distance.ts";
export { type KnownPoses, parsePoses } from "./priors/parse-poses.ts";
export type { ByPhoto } from "./priors/photo-names.ts";
export type { Device, Dtype } from "./runtime/device.ts";
export { type Engine, type EngineOptions, openEngine } from "./runtime/engine.ts";
export { type DeviceReport, probeDevices } from "./runtime/probe.ts";
export type { Localization, LocalizationOptions, MapObservation, MapView } from "./tasks/localization.ts";
export { localizeByCorrespondences } from "./tasks/localize-by-correspondences.ts";
export { localizeByRelativePose } from "./tasks/localize-by-relative-pose.ts";
export { type LocatedDepth, locatedDepth } from "./tasks/located-depth.ts";
export { type MatchOptions, matchPhotos, type PhotoMatches } from "./tasks/match-photos.ts";
export { estimateFocals, type PhotoFocal, type PhotoFocalOptions } from "./tasks/photo-focals.ts";
export { estimateRelativePose, type RelativePose, type RelativePoseOptions } from "./tasks/relative-pose.ts";
export { RELATIVE_POSE_METHODS, type RelativePoseMethod } from "./tasks/relative-pose-methods.ts";
export type { Checkpoint, TensorLocation } from "./weights/checkpoint.ts";
export { openCheckpoint } from "./weights/open-checkpoint.ts";
export { resolveModel } from "./weights/resolve-model.ts";
