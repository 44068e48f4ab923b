import { processorCount, startWorkerProcess } from "#platform";
import { nameOfPicture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { FeatureOptions } from "./detect-features.ts";
import type { FeatureRequest } from "./feature-worker.ts";
import type { Features } from "./features.ts";
import type { FeaturePhoto } from "./load-features.ts";

/** How the features of many photos are found. */
export interface ExtractOptions extends FeatureOptions, RunOptions {
  /** Processes at work; as many as there are processors when left out, up to 8, for each has photos in memory. */
  readonly workers?: number | undefined;
}

const MOST_WORKERS = 8;

/**
 * The features of photos, in the order given, found by several processes. They depend on the photos and options alone.
 * Throws an `InputError` or `FormatError` that names the file for a photo that cannot be read.
 */
export async function extractFeatures(
  photos: readonly FeaturePhoto[],
  options: ExtractOptions = {},
): Promise<Features[]> {
  const { workers = Math.min(MOST_WORKERS, processorCount()), onProgress, signal, ...featureOptions } = options;
  const results: Features[] = [];
  const waiting = [...photos.entries()];
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = startWorkerProcess(import.meta.url, "feature-worker", "finds features");
    const stop = (): void => worker.kill(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        signal?.throwIfAborted();
        const [i, photo] = next;
        results[i] = (await worker.request({ photo, options: featureOptions } satisfies FeatureRequest)) as Features;
        onProgress?.({ stage: "features", done: ++done, total: photos.length, item: nameOfPicture(photo.picture) });
      }
    } catch (error) {
      waiting.length = 0;
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
      worker.kill(new Error("all features are found"));
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(workers, photos.length) }, work));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return results;
}
