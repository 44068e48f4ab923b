import { assert } from "../../core/errors.ts";
import { solvePositiveDefinite } from "../../geometry/solve-positive-definite.ts";

/**
 * Linear interpolation of `from` samples to `to`, as a matrix `[to, from]`: pixel centers at integers plus one half,
 * the first and the last sample repeated outside.
 */
export function interpolationMatrix(from: number, to: number): Float64Array {
  const matrix = new Float64Array(to * from);
  for (let row = 0; row < to; row++) {
    const at = Math.min(Math.max(((row + 0.5) * from) / to - 0.5, 0), from - 1);
    const below = Math.min(Math.floor(at), from - 1);
    matrix[row * from + below]! += 1 - (at - below);
    if (at > below) matrix[row * from + below + 1]! += at - below;
  }
  return matrix;
}

/**
 * How the weights of a patch embedding follow when its patches are interpolated: the pseudo-inverse of interpolation,
 * transposed, `[to, from]` (Beyer et al. 2023, FlexiViT). An enlarged patch times enlarged weights is what the patch
 * times the weights was.
 */
export function embeddingMatrix(from: number, to: number): Float64Array {
  const b = interpolationMatrix(from, to);
  const n = Math.min(from, to);
  // Enlarging, B (Bᵀ B)⁻¹; shrinking, (B Bᵀ)⁻¹ B: both solve with the smaller Gram matrix.
  const enlarging = to >= from;
  const element = (i: number, k: number) => (enlarging ? b[k * from + i]! : b[i * from + k]!);
  const gram = Float64Array.from({ length: n * n }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < Math.max(from, to); k++) sum += element(Math.floor(at / n), k) * element(at % n, k);
    return sum;
  });
  const result = new Float64Array(to * from);
  for (let line = 0; line < Math.max(from, to); line++) {
    const solution = solvePositiveDefinite(
      gram,
      Float64Array.from({ length: n }, (_, i) => element(i, line)),
    );
    assert(solution !== undefined, `interpolation from ${from} to ${to} samples has full rank`);
    for (let i = 0; i < n; i++) result[enlarging ? line * from + i : i * from + line] = solution[i]!;
  }
  return result;
}

/** Applies a `[to, from]` matrix along both sides of square patches: `[count, from, from, depth]` to `[count, to, to, depth]`. */
export function resizePatches(
  patches: Float32Array,
  matrix: Float64Array,
  { from, to, depth }: { readonly from: number; readonly to: number; readonly depth: number },
): Float32Array {
  const count = patches.length / (from * from * depth);
  return applyAlong(applyAlong(patches, matrix, { outer: count, from, to, inner: from * depth }), matrix, {
    outer: count * to,
    from,
    to,
    inner: depth,
  });
}

/** `[outer, from, inner]` to `[outer, to, inner]`. */
function applyAlong(
  values: Float32Array,
  matrix: Float64Array,
  { outer, from, to, inner }: { outer: number; from: number; to: number; inner: number },
): Float32Array {
  const result = new Float32Array(outer * to * inner);
  const sums = new Float64Array(inner);
  for (let o = 0; o < outer; o++) {
    for (let row = 0; row < to; row++) {
      sums.fill(0);
      for (let k = 0; k < from; k++) {
        const weight = matrix[row * from + k]!;
        if (weight === 0) continue;
        const at = (o * from + k) * inner;
        for (let i = 0; i < inner; i++) sums[i]! += weight * values[at + i]!;
      }
      result.set(sums, (o * to + row) * inner);
    }
  }
  return result;
}
