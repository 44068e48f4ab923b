/** Rows count as dependent when one has less than this share of its length beside those before it. */
const DEPENDENT = 1e-10;

/**
 * Orthonormal vectors orthogonal to the given rows, `columns − rowCount` of them, by Householder's reflections of
 * `rows` `[rowCount, columns]`, which are overwritten. Undefined where the rows are dependent or not finite.
 */
export function nullSpace(rows: Float64Array, columns: number): Float64Array[] | undefined {
  const count = rows.length / columns;
  const factors = new Float64Array(count);
  for (let step = 0; step < count; step++) {
    const pivot = step * columns;
    const whole = norm(rows, pivot, pivot + columns);
    const length = norm(rows, pivot + step, pivot + columns);
    if (!(length > DEPENDENT * whole)) return undefined;
    const head = rows[pivot + step]!;
    const shifted = head + (head < 0 ? -length : length);
    rows[pivot + step] = shifted;
    factors[step] = 1 / (length * Math.abs(shifted));
    for (let row = step + 1; row < count; row++) {
      reflect(rows.subarray(row * columns, (row + 1) * columns), rows, { step, columns, factor: factors[step]! });
    }
  }
  return Array.from({ length: columns - count }, (_, i) => {
    const vector = new Float64Array(columns);
    vector[count + i] = 1;
    for (let step = count - 1; step >= 0; step--) reflect(vector, rows, { step, columns, factor: factors[step]! });
    return vector;
  });
}

/** Mirrors `vector` at the plane whose normal is what remains of row `step`. */
function reflect(
  vector: Float64Array,
  rows: Float64Array,
  { step, columns, factor }: { readonly step: number; readonly columns: number; readonly factor: number },
): void {
  const normal = step * columns;
  let product = 0;
  for (let k = step; k < columns; k++) product += rows[normal + k]! * vector[k]!;
  product *= factor;
  for (let k = step; k < columns; k++) vector[k]! -= product * rows[normal + k]!;
}

function norm(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += values[k]! * values[k]!;
  return Math.sqrt(sum);
}
