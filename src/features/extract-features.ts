import { processorCount, requestWorkers, startWorkerProcess } from "#platform";
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
  /** Called with the features of each photo, by its index, as soon as they are found; what it gives is kept of them. */
  readonly onFeatures?: ((index: number, features: Features) => Promise<Features>) | undefined;
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
  const {
    workers = Math.min(MOST_WORKERS, processorCount()),
    onFeatures,
    onProgress,
    signal,
    ...featureOptions
  } = options;
  const total = photos.length;
  let done = 0;
  const features = await requestWorkers(
    photos.map((photo): FeatureRequest => ({ photo, options: featureOptions })),
    {
      start: () => startWorkerProcess(import.meta.url, "feature-worker", "finds features"),
      workers: Math.min(workers, total),
      signal,
      onAnswer: async (i, found) => {
        const kept = await onFeatures?.(i, found as Features);
        onProgress?.({ stage: "features", done: ++done, total, item: nameOfPicture(photos[i]!.picture) });
        return kept;
      },
    },
  );
  return features as Features[];
}
