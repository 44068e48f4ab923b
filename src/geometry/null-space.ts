/** Rows count as dependent when one has less than this share of its length beside those before it. */
const DEPENDENT = 1e-10;

/**
 * Orthonormal vectors orthogonal to the given rows, `columns − rowCount` of them, by Householder's reflections of
 * `rows` `[rowCount, columns]`, which are overwritten. Undefined where the rows are dependent or not finite.
 */
export function nullSpace(rows: Float64Array, columns: number): Float64Array[] | undefined {
  const count = columns - rows.length / columns;
  const basis = new Float64Array(count * columns);
  if (!fillNullSpace(rows, columns, basis)) return undefined;
  return Array.from({ length: count }, (_, i) => basis.slice(i * columns, (i + 1) * columns));
}

/** As `nullSpace`, the vectors one after the other in `basis`; false where there are none. Rows are at most 16. */
export function fillNullSpace(rows: Float64Array, columns: number, basis: Float64Array): boolean {
  const count = rows.length / columns;
  for (let step = 0; step < count; step++) {
    const pivot = step * columns;
    const whole = norm(rows, pivot, pivot + columns);
    const length = norm(rows, pivot + step, pivot + columns);
    if (!(length > DEPENDENT * whole)) return false;
    const head = rows[pivot + step]!;
    const shifted = head + (head < 0 ? -length : length);
    rows[pivot + step] = shifted;
    factors[step] = 1 / (length * Math.abs(shifted));
    for (let row = step + 1; row < count; row++) reflect(rows, row * columns, rows, step, columns);
  }
  basis.fill(0);
  for (let i = 0; i < columns - count; i++) {
    basis[i * columns + count + i] = 1;
    for (let step = count - 1; step >= 0; step--) reflect(basis, i * columns, rows, step, columns);
  }
  return true;
}

/** By step; one solver calls this thousands of times. */
const factors = new Float64Array(16);

/** Mirrors the vector at `at` at the plane whose normal is what remains of row `step`. */
function reflect(vectors: Float64Array, at: number, rows: Float64Array, step: number, columns: number): void {
  const normal = step * columns;
  let product = 0;
  for (let k = step; k < columns; k++) product += rows[normal + k]! * vectors[at + k]!;
  product *= factors[step]!;
  for (let k = step; k < columns; k++) vectors[at + k]! -= product * rows[normal + k]!;
}

function norm(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += values[k]! * values[k]!;
  return Math.sqrt(sum);
}
