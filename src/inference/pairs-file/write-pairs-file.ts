import type { PairPrediction } from "../../core/pair-prediction.ts";
import { hasPicture } from "../../core/rgb-image.ts";
import type { View, ViewPair } from "../../core/view.ts";
import { type ByteSink, SafetensorsStream } from "../../formats/safetensors-writer.ts";
import { networkInput } from "../network-input.ts";
import { PAIR_MAPS, pairsLayout, pairTensor, viewTensor } from "./pairs-layout.ts";
import { formatPairsMetadata } from "./pairs-metadata.ts";

/** What a pairs file is to hold. */
export interface PairsContent {
  /** What gave the predictions. */
  readonly model: string;
  readonly views: readonly View[];
  readonly pairs: readonly ViewPair[];
  /** One for each of `pairs`, in the same order. */
  readonly predictions: AsyncIterable<PairPrediction>;
  /** Of pointmaps and confidences; `F32` when left out. */
  readonly dtype?: "F16" | "F32" | undefined;
}

/** Streams predictions to a safetensors file as `readPairsFile` reads it, pair by pair; the sink stays the caller's to close. */
export async function writePairsFile(sink: ByteSink, content: PairsContent): Promise<void> {
  const { model, views, pairs, predictions, dtype = "F32" } = content;
  const layout = pairsLayout(views, pairs, dtype);
  const stream = await SafetensorsStream.open(sink, layout, formatPairsMetadata(model, views));
  for (const [i, view] of views.entries())
    if (hasPicture(view)) await stream.write(viewTensor(i), networkInput([view]));
  for await (const prediction of predictions) {
    for (const map of PAIR_MAPS) await stream.write(pairTensor(prediction, map), prediction[map]);
  }
  stream.finish();
}
