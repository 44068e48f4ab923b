import { type PairPrediction, readBack, type StoredMaps } from "../core/pair-prediction.ts";
import { putFloats, type ReadFloats, type Spool } from "../core/spool.ts";
import type { Overflow } from "./overflow.ts";

const MAPS = ["pointmap1", "confidence1", "pointmap2", "confidence2"] as const;

/** A prediction as it is, or with maps that are read from a disk each time they are asked for. */
export async function heldPrediction(prediction: PairPrediction, overflow: Overflow): Promise<PairPrediction> {
  const spool = await overflow.spoolFor(MAPS.reduce((sum, name) => sum + prediction[name].byteLength, 0));
  const stored = spool && storedMaps(prediction, spool);
  return stored ? readBack(prediction, stored) : prediction;
}

/** Predictions as they are held, one after another. */
export async function* heldPredictions(
  predictions: AsyncIterable<PairPrediction>,
  overflow: Overflow,
): AsyncGenerator<PairPrediction> {
  for await (const prediction of predictions) yield await heldPrediction(prediction, overflow);
}

function storedMaps(prediction: PairPrediction, spool: Spool): StoredMaps | undefined {
  const readers: Partial<Record<(typeof MAPS)[number], ReadFloats>> = {};
  for (const name of MAPS) {
    const read = putFloats(spool, prediction[name]);
    if (read === undefined) return undefined;
    readers[name] = read;
  }
  return { spool, read: readers as StoredMaps["read"] };
}
