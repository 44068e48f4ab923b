import { align } from "../alignment/align.ts";
import type { AlignMethod, AlignPriors } from "../alignment/align-options.ts";
import type { BlobStore } from "../core/blob-store.ts";
import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { loadViews } from "../images/load-views.ts";
import { inferPairs } from "../inference/infer-pairs.ts";
import { keepEncodings } from "../inference/keep-encodings.ts";
import { openNetwork } from "../inference/open-network.ts";
import type { ConcreteDevice } from "../runtime/device.ts";
import { openEngine } from "../runtime/engine.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { resolveModel } from "../weights/resolve-model.ts";
import { choosePairs, type PairChoice } from "./choose-pairs.ts";
import { type NetworkOptions, viewPlan } from "./predict-pairs.ts";

/** How to reconstruct; everything may be left out. */
export interface ReconstructOptions extends NetworkOptions {
  /** Which photos are shown to the network together; all with all when left out. */
  readonly pairs?: PairChoice | undefined;
  /** How the pairs are brought into one world; see `AlignMethod`. */
  readonly align?: AlignMethod | undefined;
  /** What is known of the photos, once their views are there: `(views) => networkPriors(views, known)`. */
  readonly priors?: ((views: readonly View[]) => AlignPriors | Promise<AlignPriors>) | undefined;
  /** Pixels above this confidence locate a camera; 3 when left out. */
  readonly minConfidence?: number | undefined;
  /** Equal seeds give equal scenes; 0 when left out. */
  readonly seed?: number | string | undefined;
  /** Where finished pairs are kept, so that a run that was interrupted can go on. */
  readonly store?: BlobStore | undefined;
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
  const { size, fit, device, threads, store, minConfidence, seed, logger, onProgress, signal } = options;
  const run = { onProgress, signal };
  const clock = stopwatch();

  const checkpoint = await resolveModel(options.model, { ...run, logger });
  for (const note of checkpoint.notes) logger?.debug(note);
  clock.lap("model");

  const views = await loadViews(photos, { ...viewPlan(checkpoint, size, fit), ...run });
  const priors = await options.priors?.(views);
  clock.lap("images");

  await using engine = await openEngine({ device, threads, signal });
  const network = keepEncodings(openNetwork(engine, checkpoint, options));
  const pairs = await choosePairs(network, views, options.pairs ?? { kind: "complete" }, { ...run, store });
  const predictions = inferPairs(network, views, pairs, { ...run, store });
  const scene = await align(views, predictions, { ...run, method: options.align, priors, minConfidence, seed });
  clock.lap("inference");

  const peakMemory = await engine.peakMemory();
  const inference = clock.laps.inference! - scene.alignment.seconds;
  const timings = { ...clock.laps, inference, alignment: scene.alignment.seconds };
  return { scene, views, checkpoint, device: engine.device, peakMemory, timings };
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
