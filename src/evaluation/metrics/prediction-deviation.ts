import type { PairPrediction } from "../../core/pair-prediction.ts";

/** Of relative deviations: 0.01 is one percent. */
export interface Deviation {
  readonly median: number;
  readonly p99: number;
}

/** How far predictions are from others of the same pairs. */
export interface PredictionDeviation {
  /** |x − x₀| / |x₀| of all points of both pointmaps. */
  readonly points: Deviation;
  /** |c − c₀| / c₀ of all confidences. */
  readonly confidence: Deviation;
}

/** Compares predictions with those of a reference, pair by pair in the same order. */
export function predictionDeviation(
  reference: readonly PairPrediction[],
  tested: readonly PairPrediction[],
): PredictionDeviation {
  const points: number[] = [];
  const confidence: number[] = [];
  for (const [i, before] of reference.entries()) {
    for (const side of ["1", "2"] as const) {
      addPoints(points, before[`pointmap${side}`], tested[i]![`pointmap${side}`]);
      const [c0, c] = [before[`confidence${side}`], tested[i]![`confidence${side}`]];
      for (const [k, value] of c0.entries()) confidence.push(Math.abs(c[k]! - value) / value);
    }
  }
  return { points: deviationOf(points), confidence: deviationOf(confidence) };
}

function addPoints(deviations: number[], before: Float32Array, after: Float32Array): void {
  for (let k = 0; k < before.length; k += 3) {
    const [x, y, z] = [before[k]!, before[k + 1]!, before[k + 2]!];
    const length = Math.hypot(x, y, z);
    const moved = Math.hypot(after[k]! - x, after[k + 1]! - y, after[k + 2]! - z);
    if (length > 0) deviations.push(moved / length);
  }
}

function deviationOf(values: readonly number[]): Deviation {
  const ordered = Float64Array.from(values).sort();
  const at = (share: number) => ordered[Math.floor(share * (ordered.length - 1))] ?? 0;
  return { median: at(0.5), p99: at(0.99) };
}
