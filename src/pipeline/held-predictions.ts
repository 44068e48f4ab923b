import { openSpool } from "#platform";
import { type PairMapReaders, type PairPrediction, readBack } from "../core/pair-prediction.ts";
import type { Spool } from "../core/spool.ts";

/** Holds predictions until it is disposed of. */
export interface PredictionHolder extends AsyncDisposable {
  /** The prediction, as it is, or with maps that are read from a disk each time they are asked for. */
  hold(prediction: PairPrediction): Promise<PairPrediction>;
}

const MAPS = ["pointmap1", "confidence1", "pointmap2", "confidence2"] as const;

/**
 * Holds the first predictions in memory, up to so many bytes of them, and all further ones on a disk, where there is one with room; they
 * stay in memory where not.
 */
export function predictionHolder(bytes: number, open: () => Promise<Spool | undefined> = openSpool): PredictionHolder {
  let left = bytes;
  let opened: Promise<Spool | undefined> | undefined;
  return {
    async hold(prediction) {
      const size = MAPS.reduce((sum, name) => sum + prediction[name].byteLength, 0);
      if (size <= left) {
        left -= size;
        return prediction;
      }
      opened ??= open();
      const spool = await opened;
      const readers = spool && storedMaps(prediction, spool);
      return spool && readers ? readBack(prediction, readers, spool) : prediction;
    },
    async [Symbol.asyncDispose]() {
      await (await opened)?.[Symbol.asyncDispose]();
    },
  };
}

/** Predictions as a holder holds them, one after another. */
export async function* heldPredictions(
  predictions: AsyncIterable<PairPrediction>,
  holder: PredictionHolder,
): AsyncGenerator<PairPrediction> {
  for await (const prediction of predictions) yield await holder.hold(prediction);
}

function storedMaps(prediction: PairPrediction, spool: Spool): PairMapReaders | undefined {
  const readers: Partial<Record<(typeof MAPS)[number], () => Float32Array>> = {};
  for (const name of MAPS) {
    const reader = spool.put(prediction[name]);
    if (reader === undefined) return undefined;
    readers[name] = reader;
  }
  return readers as PairMapReaders;
}
