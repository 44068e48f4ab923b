/// <reference lib="esnext.disposable" preserve="true" />

/**
 * DUSt3R in TypeScript: photos in, dense 3D out. Every function that runs the network takes a `model` by name, path or
 * hub id, or one that `openModel` opened; all answers are in the photos' original pixels.
 */

// Reconstruct: photos to one scene, as a value or as a folder of files.

export type { AlignMethod } from "./alignment/align-options.ts";
export { DEFAULT_EXPORT_KINDS, EXPORT_KINDS, type ExportKind } from "./export/export-kinds.ts";
export type { WrittenScene } from "./export/write-scene.ts";
export type { PhotoInput, PhotoInputs } from "./images/photo-input.ts";
export type { PairGraph } from "./pairs/make-pairs.ts";
export type { PairChoice } from "./pipeline/choose-pairs.ts";
export { type WrittenDepth, type WrittenDepthFolder, writeDepthFolder } from "./pipeline/depth-folder.ts";
export { DEPTH_FORMATS, type DepthFormat } from "./pipeline/depth-formats.ts";
export { type ReconstructOptions, reconstruct } from "./pipeline/reconstruct.ts";
export { RECONSTRUCT_DEFAULTS, type SceneOptions } from "./pipeline/reconstruct-options.ts";
export type { PhotoPoints, ReconstructedPhoto, Reconstruction } from "./pipeline/reconstruction.ts";
export { type WriteSceneFolderOptions, type WrittenSceneFolder, writeSceneFolder } from "./pipeline/scene-folder.ts";
export { readSceneFile, type SceneFile, type SceneFileImage } from "./scene-file/read-scene-file.ts";
export type { SceneJson, SceneJsonImage, SceneJsonPair, StoredMap } from "./scene-file/scene-format.ts";
export type { RunFacts } from "./scene-file/scene-json.ts";

// Say what is known beforehand: intrinsics, poses, masks, a distance; by photo name, in original pixels.

export type { KnownLens, KnownLenses } from "./core/known-lens.ts";
export type { Distortion, Lens, Straightening } from "./core/lens.ts";
export type { ByPhoto } from "./core/photo-names.ts";
export type { PhotoMask } from "./geometry/network-mask.ts";
export { colmapLenses } from "./priors/colmap-lenses.ts";
export type { PhotoPriors, ReadMasks } from "./priors/network-priors.ts";
export { parseIntrinsics } from "./priors/parse-intrinsics.ts";
export { type PhotoDistance, parseKnownDistance } from "./priors/parse-known-distance.ts";
export { type KnownPoses, parsePoses } from "./priors/parse-poses.ts";

// Ask a single question of one or two photos: matches, focal lengths, a relative pose.

export { MATCH_METHODS, type MatchMethod } from "./pipeline/match-methods.ts";
export { type MatchedPhotos, type MatchPhotosOptions, matchPhotos } from "./pipeline/match-photos.ts";
export { type NamedFocal, type PhotoFocalsOptions, photoFocals } from "./pipeline/photo-focals.ts";
export { type FoundPose, type RelativePosePhotosOptions, relativePose } from "./pipeline/relative-pose.ts";
export type { MatchOptions, PhotoMatches } from "./tasks/match-views.ts";
export type { PhotoFocal, PhotoFocalOptions } from "./tasks/photo-focals.ts";
export type { RelativePoseOptions } from "./tasks/relative-pose.ts";
export { RELATIVE_POSE_METHODS, type RelativePoseMethod } from "./tasks/relative-pose-methods.ts";

// Use what is mapped: locate photos in a scene or a COLMAP model, or add photos to a finished scene.

export { openMap } from "./maps/open-map.ts";
export type { MapCamera, MapPhoto, PosedMap } from "./maps/posed-map.ts";
export { type AddPhotosOptions, addPhotos, type ExtendedReconstruction } from "./pipeline/add-photos.ts";
export {
  LOCALIZATION_METHODS,
  LOCALIZE_DEFAULTS,
  type LocalizationMethod,
  type LocalizeViewsOptions,
  type LocateOptions,
} from "./pipeline/localize-options.ts";
export { type LocalizePhotosOptions, localizePhotos } from "./pipeline/localize-photos.ts";
export type { LocalizedPhoto } from "./pipeline/localized-photo.ts";

// Keep a model open: load once, call many times.

export type { NetworkConfig } from "./network/config.ts";
export { type Model, type ModelChoice, type ModelOptions, openModel } from "./pipeline/open-model.ts";
export {
  type ConcreteDevice,
  type ConcretePrecision,
  DEVICES,
  type Device,
  PRECISIONS,
  type Precision,
} from "./runtime/device.ts";
export { type DeviceReport, probeDevices } from "./runtime/probe.ts";
export type { Checkpoint, TensorLocation } from "./weights/checkpoint.ts";

// Work with pairwise pointmaps: the network's raw answers, and scenes at network resolution.

export type { PairPrediction } from "./core/pair-prediction.ts";
export type { AlignmentFit, AlignmentReport, AlignmentWarning, Scene, SceneImage, ScenePair } from "./core/scene.ts";
export type { TrackPoints } from "./core/track-points.ts";
export type { PixelMapping, Size, View, ViewPair } from "./core/view.ts";
export type { ByteSink } from "./formats/safetensors-writer.ts";
export type { PairInference } from "./inference/pair-inference.ts";
export { type PairsFile, readPairsFile } from "./inference/pairs-file/read-pairs-file.ts";
export { type PairsContent, writePairsFile } from "./inference/pairs-file/write-pairs-file.ts";
export { type AlignPairsOptions, alignPairs } from "./pipeline/align-pairs.ts";
export { type PredictedPairs, predictPairs } from "./pipeline/predict-pairs.ts";

// Files, progress, canceling and errors.

export { folderStore, type OpenFile, openFile } from "#platform";
export type { BlobStore } from "./core/blob-store.ts";
export type { ByteSource } from "./core/byte-source.ts";
export type { Intrinsics, Pose } from "./core/camera.ts";
export type { DenseMap, DenseScene, DepthSize, FusedPoints, HeldDenseMap } from "./core/dense-scene.ts";
export { CapabilityError, FormatError, InputError } from "./core/errors.ts";
export type { Logger } from "./core/logger.ts";
export type { NamedBytes, Picture } from "./core/picture.ts";
export type { ProgressEvent, RunOptions, Stage } from "./core/progress.ts";
