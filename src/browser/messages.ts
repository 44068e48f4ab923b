import type { ErrorMessage } from "../core/error-message.ts";
import type { LoadedDenseScene } from "../core/loaded-dense-scene.ts";
import type { Logger } from "../core/logger.ts";
import type { ProgressEvent } from "../core/progress.ts";
import type { NetworkConfig } from "../network/config.ts";
import type { MatchedPhotos, MatchPhotosOptions } from "../pipeline/match-photos.ts";
import type { ModelOptions } from "../pipeline/open-model.ts";
import type { NamedFocal, PhotoFocalsOptions } from "../pipeline/photo-focals.ts";
import type { PredictedPairs } from "../pipeline/predict-pairs.ts";
import type { ReconstructOptions } from "../pipeline/reconstruct.ts";
import type { Reconstruction } from "../pipeline/reconstruction.ts";
import type { FoundPose, RelativePosePhotosOptions } from "../pipeline/relative-pose.ts";
import type { ConcreteDevice } from "../runtime/device.ts";
import type { ExportedScene, ExportSceneOptions, SceneBlob } from "./export-scene.ts";
import type { SentModelSource } from "./model-source.ts";
import type { SentPhoto } from "./sent-photos.ts";

/** Options without what is said by messages of its own, or when the model is opened. */
export type Sent<Options> = Omit<Options, "onProgress" | "signal" | "logger" | "store" | keyof ModelOptions>;

/** A model to open. */
export interface ModelSettings extends Omit<ModelOptions, "model" | "onProgress" | "signal" | "logger"> {
  readonly source: SentModelSource;
}

/** An open model, as the page knows it. */
export interface OpenedModel {
  readonly name: string;
  /** What it runs on, `auto` resolved. */
  readonly device: ConcreteDevice;
  readonly config: NetworkConfig;
  /** Warnings about how it was opened, one sentence each. */
  readonly warnings: readonly string[];
}

/** A scene without its photos' files, as it is sent. */
export interface BareScene extends Omit<Reconstruction, "photos" | "files" | "dense"> {
  readonly dense: LoadedDenseScene | undefined;
}

/** What a page asks of its worker, and what it is answered. */
export interface PipelineCalls {
  openModel(settings: ModelSettings): OpenedModel;
  /** Of the photos given, `kept` are in the scene, by index; finished pairs are kept in the store of this name. */
  reconstruct(
    photos: readonly SentPhoto[],
    options: Sent<ReconstructOptions> & { readonly store?: string | undefined },
  ): BareScene & { readonly kept: readonly number[] };
  matchPhotos(photos: readonly SentPhoto[], options: Sent<MatchPhotosOptions>): MatchedPhotos;
  photoFocals(photos: readonly SentPhoto[], options: Sent<PhotoFocalsOptions>): readonly NamedFocal[];
  relativePose(photos: readonly SentPhoto[], options: Sent<RelativePosePhotosOptions>): FoundPose;
  predictPairs(photos: readonly SentPhoto[]): PredictedPairs;
  exportScene(
    scene: BareScene,
    photos: readonly SentPhoto[] | undefined,
    options: Omit<ExportSceneOptions, "onProgress" | "signal">,
  ): ExportedScene;
  zipFiles(files: readonly SceneBlob[]): Blob;
}

/** From the page. */
export type ToWorker =
  | {
      readonly kind: "call";
      readonly id: number;
      readonly name: keyof PipelineCalls;
      readonly args: readonly unknown[];
    }
  | { readonly kind: "abort"; readonly id: number };

/** From the worker. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly id: number; readonly event: ProgressEvent }
  | { readonly kind: "log"; readonly id: number; readonly level: keyof Logger; readonly message: string }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "error"; readonly id: number; readonly error: ErrorMessage };
