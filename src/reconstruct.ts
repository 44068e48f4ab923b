import { align } from "./alignment/align.ts";
import type { BlobStore } from "./core/blob-store.ts";
import type { Logger } from "./core/logger.ts";
import type { RunOptions } from "./core/progress.ts";
import type { Scene } from "./core/scene.ts";
import type { View } from "./core/view.ts";
import { loadViews } from "./images/load-views.ts";
import type { PlanOptions } from "./images/plan-view.ts";
import { inferPairs } from "./inference/infer-pairs.ts";
import { PairNetwork } from "./inference/pair-network.ts";
import { makePairs, type PairGraph } from "./pairs/make-pairs.ts";
import type { ConcreteDevice, Device, Dtype } from "./runtime/device.ts";
import { openEngine } from "./runtime/engine.ts";
import type { Checkpoint } from "./weights/checkpoint.ts";
import { resolveModel } from "./weights/resolve-model.ts";

export interface ReconstructOptions extends RunOptions {
  /** An embedded name, a file, a folder or a hub id; the embedded default when left out. */
  readonly model?: string | undefined;
  /** `auto` when left out. */
  readonly device?: Device | undefined;
  /** `fp32` when left out. */
  readonly dtype?: Dtype | undefined;
  /** CPU threads; all cores when left out. */
  readonly threads?: number | undefined;
  /** Pixels along a view's long side; what the model was trained with when left out. */
  readonly size?: number | undefined;
  /** How a photo is brought to the network's size. */
  readonly fit?: PlanOptions["fit"] | undefined;
  /** Which photos are shown to the network together; all with all when left out. */
  readonly pairs?: PairGraph | undefined;
  /** Pixels above this confidence locate a camera; 3 when left out. */
  readonly minConfidence?: number | undefined;
  /** Equal seeds give equal scenes; 0 when left out. */
  readonly seed?: number | string | undefined;
  /** Where finished pairs are kept, so that a run that was interrupted can go on. */
  readonly store?: BlobStore | undefined;
  readonly logger?: Logger | undefined;
}

/** A scene, and what it was made from. */
export interface Reconstruction {
  readonly scene: Scene;
  /** The photos as the network saw them, in the order of `scene.images`. */
  readonly views: readonly View[];
  readonly checkpoint: Checkpoint;
  readonly device: ConcreteDevice;
  /** Largest resident set of the network's process, in bytes. */
  readonly peakMemory: number;
  /** Seconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

/**
 * Photos in, scene out: the whole pipeline. `photos` are files and folders; the scene's images keep their order.
 * @throws InputError, FormatError, CapabilityError with what to do about it; the signal's reason when aborted
 */
export async function reconstruct(
  photos: readonly string[],
  options: ReconstructOptions = {},
): Promise<Reconstruction> {
  const { size, fit, dtype, device, threads, store, minConfidence, seed, logger, onProgress, signal } = options;
  const run = { onProgress, signal };
  const clock = stopwatch();

  const checkpoint = await resolveModel(options.model, { ...run, logger });
  for (const note of checkpoint.notes) logger?.debug(note);
  clock.lap("model");

  const views = await loadViews(photos, { ...viewPlan(checkpoint, size, fit), ...run });
  const pairs = makePairs(views.length, options.pairs ?? { kind: "complete" });
  clock.lap("images");

  await using engine = await openEngine({ device, threads, signal });
  const network = new PairNetwork(engine, checkpoint, dtype);
  const predictions = inferPairs(network, views, pairs, { ...run, store });
  const scene = await align(views, predictions, { ...run, minConfidence, seed });
  clock.lap("inference");

  const peakMemory = await engine.peakMemory();
  const inference = clock.laps.inference! - scene.alignment.seconds;
  const timings = { ...clock.laps, inference, alignment: scene.alignment.seconds };
  return { scene, views, checkpoint, device: engine.device, peakMemory, timings };
}

/** How photos are prepared for a network: its patch, and the size it was trained with unless another is asked for. */
export function viewPlan(checkpoint: Checkpoint, size?: number, fit?: PlanOptions["fit"]): PlanOptions {
  const { patchSize, imageSize } = checkpoint.config;
  const plan = { patchSize, size: size ?? Math.max(imageSize.width, imageSize.height) };
  return fit === undefined ? plan : { ...plan, fit };
}

function stopwatch(): { lap(name: string): void; readonly laps: Record<string, number> } {
  const laps: Record<string, number> = {};
  let last = performance.now();
  return {
    laps,
    lap(name) {
      const now = performance.now();
      laps[name] = (now - last) / 1000;
      last = now;
    },
  };
}
