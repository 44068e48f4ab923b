import type { RgbImage } from "../core/rgb-image.ts";
import type { PixelMapping, Size } from "../core/view.ts";

/** A windowed kernel: its half width in input pixels and its value at a distance from its center. */
interface Kernel {
  readonly support: number;
  readonly value: (x: number) => number;
}

const LANCZOS: Kernel = {
  support: 3,
  value: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0),
};

/** Keys' cubic with a = -0.5. */
const BICUBIC: Kernel = {
  support: 2,
  value(signed) {
    const x = Math.abs(signed);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  },
};

/** Weights are integers of 22 fraction bits: the most that lets a 32-bit sum hold 8-bit pixels and the kernels' overshoot. */
const FRACTION_BITS = 22;
const ONE = 2 ** FRACTION_BITS;
const HALF = ONE / 2;

/**
 * The part of a picture that `imageFromOutput` maps an output of `size` to, `[height, width, 3]`. Antialiased: Lanczos
 * when shrinking, bicubic when enlarging, with Pillow's arithmetic (fixed-point weights, rows before columns, rounded
 * to 8 bits in between), so that equal photos give equal network inputs to the last bit.
 */
export function resample(image: RgbImage, size: Size, imageFromOutput: PixelMapping): Uint8Array {
  const { scaleX, scaleY, offsetX, offsetY } = imageFromOutput;
  const kernel = Math.max(scaleX, scaleY) > 1 ? LANCZOS : BICUBIC;
  const columns = tapsOf(kernel, scaleX, offsetX, { inputs: image.width, outputs: size.width });
  const rows = tapsOf(kernel, scaleY, offsetY, { inputs: image.height, outputs: size.height });
  return resampleColumns(resampleRows(image, size.width, columns, rows), size, rows);
}

/** For every output pixel of one axis: the first input pixel, and the weights from there on. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `[outputs, stride]`, integers (in doubles, which V8 multiplies faster). */
  readonly weights: Float64Array;
  readonly stride: number;
}

function tapsOf(kernel: Kernel, scale: number, offset: number, axis: { inputs: number; outputs: number }): Taps {
  const { inputs, outputs } = axis;
  const stretch = Math.max(scale, 1);
  const support = kernel.support * stretch;
  const stride = 2 * Math.ceil(support) + 1;
  const first = new Int32Array(outputs);
  const count = new Int32Array(outputs);
  const weights = new Float64Array(outputs * stride);
  const values = new Float64Array(stride);
  for (let output = 0; output < outputs; output++) {
    const center = scale * output + offset + 0.5;
    const begin = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(inputs, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let i = begin; i < end; i++) {
      const value = kernel.value((i - center + 0.5) / stretch);
      values[i - begin] = value;
      sum += value;
    }
    first[output] = begin;
    count[output] = end - begin;
    for (let i = 0; i < end - begin; i++) {
      const weight = (values[i]! / sum) * ONE;
      weights[output * stride + i] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
  }
  return { first, count, weights, stride };
}

/** `[image.height, width, 3]`; only the rows that `needed` reads are filled. */
function resampleRows(image: RgbImage, width: number, taps: Taps, needed: Taps): Uint8ClampedArray {
  const { rgb } = image;
  const { first, count, weights, stride } = taps;
  const result = new Uint8ClampedArray(image.height * width * 3);
  const last = needed.first.length - 1;
  const endRow = needed.first[last]! + needed.count[last]!;
  for (let y = needed.first[0]!; y < endRow; y++) {
    let to = y * width * 3;
    for (let x = 0; x < width; x++) {
      let from = (y * image.width + first[x]!) * 3;
      let tap = x * stride;
      let r = HALF;
      let g = HALF;
      let b = HALF;
      for (const end = tap + count[x]!; tap < end; tap++, from += 3) {
        const weight = weights[tap]!;
        r += weight * rgb[from]!;
        g += weight * rgb[from + 1]!;
        b += weight * rgb[from + 2]!;
      }
      result[to++] = r >> FRACTION_BITS;
      result[to++] = g >> FRACTION_BITS;
      result[to++] = b >> FRACTION_BITS;
    }
  }
  return result;
}

function resampleColumns(rows: Uint8ClampedArray, size: Size, taps: Taps): Uint8Array {
  const stride = size.width * 3;
  const result = new Uint8ClampedArray(size.height * stride);
  const sums = new Float64Array(stride);
  for (let y = 0; y < size.height; y++) {
    sums.fill(HALF);
    let from = taps.first[y]! * stride;
    let tap = y * taps.stride;
    for (const end = tap + taps.count[y]!; tap < end; tap++) {
      const weight = taps.weights[tap]!;
      for (let i = 0; i < stride; i++) sums[i]! += weight * rows[from++]!;
    }
    for (let i = 0; i < stride; i++) result[y * stride + i] = sums[i]! >> FRACTION_BITS;
  }
  return new Uint8Array(result.buffer);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
