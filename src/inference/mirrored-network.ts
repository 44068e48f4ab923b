import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Size, View } from "../core/view.ts";
import type { PairInference } from "./pair-inference.ts";
import type { EncodedView } from "./pair-network.ts";

/** A view as the decoders read it, and its horizontal flip. */
export interface EncodedTwice extends EncodedView {
  readonly mirrored: EncodedView;
}

/**
 * Test-time augmentation by horizontal flip: predicts the pair and the pair of flipped photos, and averages both
 * predictions. Their errors are only partly correlated; it takes twice the work.
 */
export function withMirror(network: PairInference): PairInference {
  return {
    checkpoint: network.checkpoint,
    dtype: network.dtype,
    mirrors: true,
    async encode(views) {
      const encoded = await network.encode(views);
      const mirrored = await network.encode(views.map(mirrorView));
      return encoded.map((view, i): EncodedTwice => ({ ...view, mirrored: mirrored[i]! }));
    },
    async decode(pair, encoded1, encoded2) {
      const [mirrored1, mirrored2] = [encoded1, encoded2].map((view) => (view as EncodedTwice).mirrored);
      const [seen, flipped] = await Promise.all([
        network.decode(pair, encoded1, encoded2),
        network.decode(pair, mirrored1!, mirrored2!),
      ]);
      return meanPrediction(seen, mirrorPrediction(flipped));
    },
  };
}

/** The horizontally flipped view; only `rgb` and `hash` change. */
export function mirrorView(view: View): View {
  return { ...view, rgb: mirrorRows(view.rgb, view.width, 3), hash: `${view.hash}, mirrored` };
}

/** The prediction for the flipped photos from that for the photos, and the other way round. */
export function mirrorPrediction(prediction: PairPrediction): PairPrediction {
  const { size1, size2, pointmap1, pointmap2, confidence1, confidence2 } = prediction;
  return {
    ...prediction,
    pointmap1: mirrorPoints(pointmap1, size1),
    pointmap2: mirrorPoints(pointmap2, size2),
    confidence1: mirrorRows(confidence1, size1.width, 1),
    confidence2: mirrorRows(confidence2, size2.width, 1),
  };
}

/**
 * The mean of two predictions for one pair, points weighted by their confidence. Both are first scaled to the geometric
 * mean of their mean distances from camera 1, as each has an unknown scale. Confidences take the geometric mean.
 */
export function meanPrediction(a: PairPrediction, b: PairPrediction): PairPrediction {
  const ratio = Math.sqrt(meanDistance(b) / meanDistance(a));
  const meanPoints = (name: "pointmap1" | "pointmap2", confidence: "confidence1" | "confidence2") =>
    a[name].map((value, k) => {
      const i = Math.floor(k / 3);
      const [weightA, weightB] = [a[confidence][i]!, b[confidence][i]!];
      return (weightA * ratio * value + (weightB / ratio) * b[name][k]!) / (weightA + weightB);
    });
  return {
    ...a,
    pointmap1: meanPoints("pointmap1", "confidence1"),
    pointmap2: meanPoints("pointmap2", "confidence2"),
    confidence1: a.confidence1.map((value, i) => Math.sqrt(value * b.confidence1[i]!)),
    confidence2: a.confidence2.map((value, i) => Math.sqrt(value * b.confidence2[i]!)),
  };
}

function meanDistance({ pointmap1, pointmap2 }: PairPrediction): number {
  let sum = 0;
  for (const points of [pointmap1, pointmap2]) {
    for (let k = 0; k < points.length; k += 3) sum += Math.hypot(points[k]!, points[k + 1]!, points[k + 2]!);
  }
  return (3 * sum) / (pointmap1.length + pointmap2.length);
}

function mirrorPoints(points: Float32Array, { width }: Size): Float32Array {
  return mirrorRows(points, width, 3).map((value, k) => (k % 3 === 0 ? -value : value));
}

/** Reverses every row of `width` pixels; a pixel is `channels` values side by side. */
function mirrorRows<T extends Float32Array | Uint8Array>(values: T, width: number, channels: number): T {
  const mirrored = values.slice() as T;
  const row = width * channels;
  for (let k = 0; k < values.length; k++) {
    const inRow = k % row;
    const [column, channel] = [Math.floor(inRow / channels), inRow % channels];
    mirrored[k - inRow + (width - 1 - column) * channels + channel] = values[k]!;
  }
  return mirrored;
}
