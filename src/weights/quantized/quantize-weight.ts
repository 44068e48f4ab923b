/** Levels on either side of zero; −128 is left out so that the scale is symmetric. */
const LEVELS = 127;

/** A weight in 8 bits. */
export interface QuantizedValues {
  /** `[in, out]`: the transpose of the weight. */
  readonly values: Int8Array;
  /** `[out]`: of output o, the greatest magnitude among its weights / 127; 1 where all are zero. */
  readonly scales: Float32Array;
}

/**
 * Rounds a weight `[out, in]`, or columns `from` to `to` of one, to 8 bits with a scale per output, so that an outlier costs only
 * the precision of its own output. Undefined when a number is not finite.
 */
export function quantizeWeight(
  weight: Float32Array,
  out: number,
  from = 0,
  to: number = weight.length / out,
): QuantizedValues | undefined {
  const features = weight.length / out;
  const values = new Int8Array(out * (to - from));
  const scales = new Float32Array(out);
  for (let o = 0; o < out; o++) {
    const row = weight.subarray(o * features + from, o * features + to);
    let greatest = 0;
    for (const value of row) {
      const magnitude = Math.abs(value);
      if (!(magnitude <= greatest)) greatest = magnitude;
      if (!(greatest < Number.POSITIVE_INFINITY)) return undefined;
    }
    // Smaller ones would be rounded to zero as floats.
    const scale = Math.fround(greatest / LEVELS);
    scales[o] = scale > 0 ? scale : 1;
    for (let i = 0; i < row.length; i++) values[i * out + o] = Math.round(row[i]! / scales[o]!);
  }
  return { values, scales };
}

/**
 * What rounding takes from each output on average, `[out]`: (W − Ŵ) E[x], with the mean of each input. Added to the bias it leaves
 * only errors that depend on the photo (bias correction, Nagel et al. 2019).
 * @param weight `[out, in]` @param parts its consecutive columns, rounded @param mean `[in]`
 */
export function roundingShift(
  weight: Float32Array,
  parts: readonly QuantizedValues[],
  mean: Float32Array,
): Float64Array {
  const out = parts[0]!.scales.length;
  const features = weight.length / out;
  const shift = new Float64Array(out);
  let first = 0;
  for (const { values, scales } of parts) {
    const count = values.length / out;
    for (let i = 0; i < count; i++) {
      for (let o = 0; o < out; o++) {
        const error = weight[o * features + first + i]! - values[i * out + o]! * scales[o]!;
        shift[o]! += error * mean[first + i]!;
      }
    }
    first += count;
  }
  return shift;
}
