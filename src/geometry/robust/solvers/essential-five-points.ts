import { cross, dot, type Matrix3, type Vector3 } from "../../mat3.ts";
import { nullSpace } from "../../null-space.ts";
import { solvePolynomial } from "../../solve-polynomial.ts";

/** The same points as directions (x, y, z), not necessarily of unit length, in the frames of two cameras. */
export interface SeenTwice {
  readonly bearings1: readonly Vector3[];
  readonly bearings2: readonly Vector3[];
}

/**
 * Monomials of degree three in x, y, z, as exponents, in the order in which elimination leaves polynomials in z (Nistér,
 * "An Efficient Solution to the Five-Point Relative Pose Problem", PAMI 2004).
 */
// biome-ignore format: by degree in z
const CUBICS = [
  "300", "030", "210", "120", "201", "200", "021", "020", "111", "110",
  "102", "101", "100", "012", "011", "010", "003", "002", "001", "000",
];
const QUADRATICS = ["200", "110", "101", "100", "020", "011", "010", "002", "001", "000"];
const LINEARS = ["100", "010", "001", "000"];
const QUADRATIC_OF = productTable(LINEARS, LINEARS, QUADRATICS);
const CUBIC_OF = productTable(QUADRATICS, LINEARS, CUBICS);

/** Where the entry at (row, column) is kept of a matrix of polynomials with `terms` coefficients each. */
const UNKNOWNS = 10;
const TERMS = CUBICS.length;
/** Below this share of the largest, a pivot is zero: infinitely many matrices fit. */
const SINGULAR = 1e-12;

/**
 * Up to ten essential matrices E with bearing₂ᵀ E bearing₁ = 0 for five points, of unit Frobenius norm and either sign
 * (Nistér 2004): on the four-dimensional space of linear solutions, det E = 0 and 2 E Eᵀ E = tr(E Eᵀ) E are ten cubics;
 * elimination leaves one polynomial of degree ten.
 */
export function solveEssentialFivePoints({ bearings1, bearings2 }: SeenTwice): Matrix3[] {
  const basis = nullSpace(epipolarRows({ bearings1, bearings2 }), 9);
  if (basis === undefined) return [];
  const [x, y, z, w] = basis as [Float64Array, Float64Array, Float64Array, Float64Array];
  const cubics = essentialConstraints(basis);
  if (!eliminate(cubics)) return [];
  // Two rows with the same leading monomials but for a factor z: their difference is linear in x and y.
  const rows = [4, 6, 8].map((row) => rowInZ(cubics, row));
  const [a, b, c] = rows as [RowInZ, RowInZ, RowInZ];
  const determinant = new Float64Array(11);
  addProduct(determinant, [a.x, b.y, c.one], 1);
  addProduct(determinant, [a.y, b.one, c.x], 1);
  addProduct(determinant, [a.one, b.x, c.y], 1);
  addProduct(determinant, [a.one, b.y, c.x], -1);
  addProduct(determinant, [a.x, b.one, c.y], -1);
  addProduct(determinant, [a.y, b.x, c.one], -1);
  const solutions: Matrix3[] = [];
  for (const root of solvePolynomial(determinant)) {
    const [u, v, s] = kernelOf(rows.map((row) => valueAt(row, root)));
    const essential = x.map((_, k) => u * x[k]! + v * y[k]! + s * (root * z[k]! + w[k]!));
    const length = Math.hypot(...essential);
    if (length > 0) solutions.push([...essential.map((value) => value / length)] as unknown as Matrix3);
  }
  return solutions;
}

/** One row per point, `[n, 9]`: what bearing₂ᵀ E bearing₁ = 0 says of the entries of E. */
export function epipolarRows({ bearings1, bearings2 }: SeenTwice): Float64Array {
  const rows = new Float64Array(9 * bearings1.length);
  bearings1.forEach((bearing1, point) => {
    const bearing2 = bearings2[point]!;
    for (let i = 0; i < 9; i++) rows[9 * point + i] = bearing2[Math.floor(i / 3)]! * bearing1[i % 3]!;
  });
  return rows;
}

/** `[10, 20]`: nine cubics of 2 E Eᵀ E = tr(E Eᵀ) E and det E, for E = x X + y Y + z Z + W. */
function essentialConstraints(basis: readonly Float64Array[]): Float64Array {
  const entries = Array.from({ length: 9 }, (_, k) => basis.map((matrix) => matrix[k]!));
  const gram = Array.from({ length: 9 }, () => new Float64Array(QUADRATICS.length));
  const trace = new Float64Array(QUADRATICS.length);
  for (let row = 0; row < 3; row++) {
    for (let column = row; column < 3; column++) {
      const entry = gram[3 * row + column]!;
      for (let k = 0; k < 3; k++) addQuadratic(entry, entries[3 * row + k]!, entries[3 * column + k]!, 1);
      gram[3 * column + row] = entry;
    }
    for (let k = 0; k < trace.length; k++) trace[k]! += gram[4 * row]![k]!;
  }
  for (let row = 0; row < 3; row++) {
    const diagonal = gram[4 * row]!;
    for (let k = 0; k < trace.length; k++) diagonal[k]! -= trace[k]! / 2;
  }
  const cubics = new Float64Array(UNKNOWNS * TERMS);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      const cubic = cubics.subarray((3 * row + column) * TERMS);
      for (let k = 0; k < 3; k++) addCubic(cubic, gram[3 * row + k]!, entries[3 * k + column]!);
    }
  }
  const determinant = cubics.subarray(9 * TERMS);
  for (let k = 0; k < 3; k++) {
    const [next, last] = [(k + 1) % 3, (k + 2) % 3];
    const minor = new Float64Array(QUADRATICS.length);
    addQuadratic(minor, entries[3 + next]!, entries[6 + last]!, 1);
    addQuadratic(minor, entries[3 + last]!, entries[6 + next]!, -1);
    addCubic(determinant, minor, entries[k]!);
  }
  return cubics;
}

/** Gauss-Jordan elimination of the first ten columns, in place, with partial pivoting; false where they are singular. */
function eliminate(rows: Float64Array): boolean {
  let largestPivot = 0;
  for (let step = 0; step < UNKNOWNS; step++) {
    let best = step;
    for (let row = step + 1; row < UNKNOWNS; row++) {
      if (Math.abs(rows[row * TERMS + step]!) > Math.abs(rows[best * TERMS + step]!)) best = row;
    }
    const pivot = rows[best * TERMS + step]!;
    largestPivot = Math.max(largestPivot, Math.abs(pivot));
    if (!(Math.abs(pivot) > SINGULAR * largestPivot)) return false;
    for (let k = step; k < TERMS; k++) {
      const value = rows[best * TERMS + k]!;
      rows[best * TERMS + k] = rows[step * TERMS + k]!;
      rows[step * TERMS + k] = value / pivot;
    }
    for (let row = 0; row < UNKNOWNS; row++) {
      const factor = rows[row * TERMS + step]!;
      if (row === step || factor === 0) continue;
      for (let k = step; k < TERMS; k++) rows[row * TERMS + k]! -= factor * rows[step * TERMS + k]!;
    }
  }
  return true;
}

/** A polynomial p(z) x + q(z) y + r(z); coefficients with the lowest first. */
interface RowInZ {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly one: Float64Array;
}

/** Eliminated row `row` minus z times the next. */
function rowInZ(cubics: Float64Array, row: number): RowInZ {
  const part = (from: number, degree: number) => {
    const polynomial = new Float64Array(degree + 2);
    for (let k = 0; k <= degree; k++) {
      const term = UNKNOWNS + from + degree - k;
      polynomial[k]! += cubics[row * TERMS + term]!;
      polynomial[k + 1]! -= cubics[(row + 1) * TERMS + term]!;
    }
    return polynomial;
  };
  return { x: part(0, 2), y: part(3, 2), one: part(6, 3) };
}

/** The vector (x, y, 1), up to a factor, that three rows of rank two leave. */
function kernelOf(rows: readonly Vector3[]): Vector3 {
  const [a, b, c] = rows as [Vector3, Vector3, Vector3];
  const candidates = [cross(a, b), cross(b, c), cross(c, a)];
  return candidates.reduce((best, candidate) => (dot(candidate, candidate) > dot(best, best) ? candidate : best));
}

function valueAt({ x, y, one }: RowInZ, z: number): Vector3 {
  const horner = (polynomial: Float64Array) => polynomial.reduceRight((sum, coefficient) => sum * z + coefficient, 0);
  return [horner(x), horner(y), horner(one)];
}

function addProduct(
  sum: Float64Array,
  [p, q, r]: readonly [Float64Array, Float64Array, Float64Array],
  factor: number,
): void {
  for (let i = 0; i < p.length; i++) {
    for (let j = 0; j < q.length; j++) {
      const product = factor * p[i]! * q[j]!;
      for (let k = 0; k < r.length; k++) sum[i + j + k]! += product * r[k]!;
    }
  }
}

function addQuadratic(sum: Float64Array, a: readonly number[], b: readonly number[], factor: number): void {
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) sum[QUADRATIC_OF[4 * i + j]!]! += factor * a[i]! * b[j]!;
  }
}

function addCubic(sum: Float64Array, quadratic: Float64Array, linear: readonly number[]): void {
  for (let i = 0; i < quadratic.length; i++) {
    for (let j = 0; j < 4; j++) sum[CUBIC_OF[4 * i + j]!]! += quadratic[i]! * linear[j]!;
  }
}

/** `[a.length, b.length]`: where the product of two monomials stands in `products`. */
function productTable(a: readonly string[], b: readonly string[], products: readonly string[]): Uint8Array {
  const add = (left: string, right: string) => [0, 1, 2].map((k) => Number(left[k]) + Number(right[k])).join("");
  return Uint8Array.from(a.flatMap((left) => b.map((right) => products.indexOf(add(left, right)))));
}
