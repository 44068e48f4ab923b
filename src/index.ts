/** Photos in, dense 3D out. Names are listed in the order of the data flow. */

export { align } from "./alignment/align.ts";
export type { AlignOptions } from "./alignment/align-options.ts";
export type { BlobStore } from "./core/blob-store.ts";
export type { Intrinsics, Pose } from "./core/camera.ts";
export { CapabilityError, FormatError, InputError } from "./core/errors.ts";
export type { Logger } from "./core/logger.ts";
export type { PairPrediction } from "./core/pair-prediction.ts";
export type { ProgressEvent, RunOptions, Stage } from "./core/progress.ts";
export type { AlignmentReport, Scene, SceneImage, ScenePair } from "./core/scene.ts";
export type { PixelMapping, Size, View, ViewPair } from "./core/view.ts";
export { EXPORT_KINDS, type ExportKind } from "./export/export-kinds.ts";
export type { RunFacts, SceneJson } from "./export/scene-json.ts";
export { type FileSink, type WriteSceneOptions, type WrittenScene, writeScene } from "./export/write-scene.ts";
export { loadViews } from "./images/load-views.ts";
export type { PlanOptions } from "./images/plan-view.ts";
export { type InferOptions, inferPairs, type PairInference } from "./inference/infer-pairs.ts";
export { type EncodedView, PairNetwork } from "./inference/pair-network.ts";
export type { NetworkConfig } from "./network/config.ts";
export { makePairs, type PairGraph, type PairOptions } from "./pairs/make-pairs.ts";
export { type Reconstruction, type ReconstructOptions, reconstruct, viewPlan } from "./reconstruct.ts";
export type { Device, Dtype } from "./runtime/device.ts";
export { type Engine, type EngineOptions, openEngine } from "./runtime/engine.ts";
export { type DeviceReport, probeDevices } from "./runtime/probe.ts";
export type { Checkpoint, TensorLocation } from "./weights/checkpoint.ts";
export { openCheckpoint } from "./weights/open-checkpoint.ts";
export { resolveModel } from "./weights/resolve-model.ts";
