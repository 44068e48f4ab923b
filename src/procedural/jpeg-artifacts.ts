import type { Size } from "../core/view.ts";

/** The luminance table of the JPEG standard's annex K, rounded to powers of its trend: coarse for high frequencies. */
const COARSENESS = Float32Array.from({ length: 64 }, (_, i) => 10 + 2.2 * ((i & 7) + (i >> 3)) ** 1.55);

/** Row u of the orthonormal 8-point cosine transform. */
const COSINES = Float32Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  return (u === 0 ? Math.sqrt(1 / 8) : 0.5) * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

/** Its transpose, and so its inverse. */
const INVERSE = COSINES.map((_, i) => COSINES[8 * (i & 7) + (i >> 3)]!);

/**
 * JPEG artifacts in a picture `[height, width, 3]`: each channel's 8 × 8 blocks are transformed (DCT) and quantized.
 * Changes `rgb` in place; `quality` from 10 to 95 as encoders have it. Pixels beyond the last whole block stay as they
 * are.
 */
export function jpegArtifacts(rgb: Uint8Array, { width, height }: Size, quality: number): void {
  const strength = quality < 50 ? 50 / quality : (100 - quality) / 50;
  const block = new Float32Array(64);
  const half = new Float32Array(64);
  for (let top = 0; top + 8 <= height; top += 8) {
    for (let left = 0; left + 8 <= width; left += 8) {
      for (let channel = 0; channel < 3; channel++) {
        const corner = 3 * (top * width + left) + channel;
        for (let i = 0; i < 64; i++) block[i] = rgb[corner + 3 * ((i >> 3) * width + (i & 7))]!;
        transform(block, half, COSINES);
        for (let i = 0; i < 64; i++) {
          const step = strength * COARSENESS[i]!;
          block[i] = Math.round(block[i]! / step) * step;
        }
        transform(block, half, INVERSE);
        for (let i = 0; i < 64; i++) {
          rgb[corner + 3 * ((i >> 3) * width + (i & 7))] = Math.max(0, Math.min(255, block[i]! + 0.5));
        }
      }
    }
  }
}

/** The two-dimensional transform of a block with the rows of `table`, in place. */
function transform(block: Float32Array, half: Float32Array, table: Float32Array): void {
  for (let pass = 0; pass < 2; pass++) {
    const source = pass === 0 ? block : half;
    const target = pass === 0 ? half : block;
    for (let row = 0; row < 64; row += 8) {
      for (let u = 0; u < 8; u++) {
        let sum = 0;
        for (let x = 0; x < 8; x++) sum += table[8 * u + x]! * source[row + x]!;
        // Written transposed, so that the second pass works on columns and turns the block back.
        target[8 * u + (row >> 3)] = sum;
      }
    }
  }
}
