/**
 * How many of two photos' features `[tokens, dim]` are each other's most similar, by cosine, and at least `least` so.
 * Two photos of one place share many, and two that merely look alike few: each token has one match at most.
 */
export function countMutualFeatures(
  features1: Float32Array,
  features2: Float32Array,
  { dim, least }: { readonly dim: number; readonly least: number },
): number {
  const [unit1, unit2] = [unitRows(features1, dim), unitRows(features2, dim)];
  const best1 = bestOf(unit1.length / dim);
  const best2 = bestOf(unit2.length / dim);
  for (let i = 0; i < best1.indices.length; i++) {
    for (let j = 0; j < best2.indices.length; j++) {
      let cosine = 0;
      for (let k = 0; k < dim; k++) cosine += unit1[i * dim + k]! * unit2[j * dim + k]!;
      keep(best1, i, j, cosine);
      keep(best2, j, i, cosine);
    }
  }
  let count = 0;
  best1.indices.forEach((j, i) => {
    if (best1.cosines[i]! >= least && best2.indices[j] === i) count++;
  });
  return count;
}

interface Best {
  readonly indices: Int32Array;
  readonly cosines: Float64Array;
}

function bestOf(count: number): Best {
  return { indices: new Int32Array(count).fill(-1), cosines: new Float64Array(count).fill(Number.NEGATIVE_INFINITY) };
}

function keep({ indices, cosines }: Best, at: number, candidate: number, cosine: number): void {
  if (cosine <= cosines[at]!) return;
  cosines[at] = cosine;
  indices[at] = candidate;
}

function unitRows(features: Float32Array, dim: number): Float32Array {
  const unit = features.slice();
  for (let row = 0; row < unit.length; row += dim) {
    let square = 0;
    for (let k = row; k < row + dim; k++) square += unit[k]! ** 2;
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let k = row; k < row + dim; k++) unit[k]! *= scale;
  }
  return unit;
}
