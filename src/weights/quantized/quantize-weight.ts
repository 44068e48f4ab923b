/** Levels on either side of zero; −128 is left out so that the scale is symmetric. */
const LEVELS = 127;

/** A weight in 8 bits and what went wrong, if anything. */
export interface QuantizedValues {
  /** `[in, out]`: the transpose of the weight. */
  readonly values: Int8Array;
  /** `[out]`: of output o, the greatest magnitude among its weights / 127; 1 where all are zero. */
  readonly scales: Float32Array;
}

/**
 * Rounds a weight `[out, in]` to 8 bits with a scale per output, so that an outlier costs only the precision of its own
 * output. Undefined when a number is not finite.
 */
export function quantizeWeight(weight: Float32Array, out: number): QuantizedValues | undefined {
  const features = weight.length / out;
  const values = new Int8Array(weight.length);
  const scales = new Float32Array(out);
  for (let o = 0; o < out; o++) {
    const row = weight.subarray(o * features, (o + 1) * features);
    let greatest = 0;
    for (const value of row) {
      const magnitude = Math.abs(value);
      if (!(magnitude <= greatest)) greatest = magnitude;
      if (!(greatest < Number.POSITIVE_INFINITY)) return undefined;
    }
    // Smaller ones would be rounded to zero as floats.
    const scale = Math.fround(greatest / LEVELS);
    scales[o] = scale > 0 ? scale : 1;
    for (let i = 0; i < features; i++) values[i * out + o] = Math.round(row[i]! / scales[o]!);
  }
  return { values, scales };
}
