import { cross, dot, type Matrix3, type Vector3 } from "../../mat3.ts";
import { fillNullSpace } from "../../null-space.ts";
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

const UNKNOWNS = 10;
const TERMS = CUBICS.length;
const QUADRATIC_TERMS = QUADRATICS.length;
/** Below this share of the largest, a pivot is zero: infinitely many matrices fit. */
const SINGULAR = 1e-12;

/** Of the three rows in z, `[3, ROW]`: polynomials that x, y (degree 3) and 1 (degree 4) are multiplied by. */
const ROW = 13;
const BY_Y = 4;
const BY_ONE = 8;

/** What a solution goes through on its way: a search solves thousands of samples, one after the other. */
const rows = new Float64Array(45);
/** `[4, 9]` */
const basis = new Float64Array(36);
/** `[9, 10]`, E Eᵀ less half of its trace on the diagonal; the upper triangle. */
const gram = new Float64Array(9 * QUADRATIC_TERMS);
const minor = new Float64Array(QUADRATIC_TERMS);
const cubics = new Float64Array(UNKNOWNS * TERMS);
const rowsInZ = new Float64Array(3 * ROW);
const product = new Float64Array(7);
const determinant = new Float64Array(11);

/**
 * Up to ten essential matrices E with bearing₂ᵀ E bearing₁ = 0 for five points, of unit Frobenius norm and either sign
 * (Nistér 2004): on the four-dimensional space of linear solutions, det E = 0 and 2 E Eᵀ E = tr(E Eᵀ) E are ten cubics;
 * elimination leaves one polynomial of degree ten.
 */
export function solveEssentialFivePoints(points: SeenTwice): Matrix3[] {
  fillEpipolarRows(points, rows);
  if (!fillNullSpace(rows, 9, basis)) return [];
  fillEssentialConstraints();
  if (!eliminate(cubics)) return [];
  // Two rows with the same leading monomials but for a factor z: their difference is linear in x and y.
  for (let row = 0; row < 3; row++) fillRowInZ(row, 4 + 2 * row);
  determinant.fill(0);
  for (let row = 0; row < 3; row++) addExpansion(row);
  const solutions: Matrix3[] = [];
  for (const root of solvePolynomial(determinant)) {
    const [u, v, s] = kernelOf(rowAt(0, root), rowAt(1, root), rowAt(2, root));
    const entry = (k: number) => u * basis[k]! + v * basis[9 + k]! + s * (root * basis[18 + k]! + basis[27 + k]!);
    const [a, b, c, d, e, f, g, h, i] = [
      entry(0),
      entry(1),
      entry(2),
      entry(3),
      entry(4),
      entry(5),
      entry(6),
      entry(7),
      entry(8),
    ] as const;
    const length = Math.sqrt(a * a + b * b + c * c + d * d + e * e + f * f + g * g + h * h + i * i);
    if (!(length > 0)) continue;
    solutions.push([
      a / length,
      b / length,
      c / length,
      d / length,
      e / length,
      f / length,
      g / length,
      h / length,
      i / length,
    ]);
  }
  return solutions;
}

/** One row per point, `[n, 9]`: what bearing₂ᵀ E bearing₁ = 0 says of the entries of E. */
export function epipolarRows(points: SeenTwice): Float64Array {
  const matrix = new Float64Array(9 * points.bearings1.length);
  fillEpipolarRows(points, matrix);
  return matrix;
}

function fillEpipolarRows({ bearings1, bearings2 }: SeenTwice, matrix: Float64Array): void {
  for (let point = 0, at = 0; point < bearings1.length; point++) {
    const bearing1 = bearings1[point]!;
    const bearing2 = bearings2[point]!;
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 3; column++) matrix[at++] = bearing2[row]! * bearing1[column]!;
    }
  }
}

/** Nine cubics of 2 E Eᵀ E = tr(E Eᵀ) E and det E, for E = x X + y Y + z Z + W, in `cubics` `[10, 20]`. */
function fillEssentialConstraints(): void {
  gram.fill(0);
  cubics.fill(0);
  for (let row = 0; row < 3; row++) {
    for (let column = row; column < 3; column++) {
      const at = QUADRATIC_TERMS * (3 * row + column);
      for (let k = 0; k < 3; k++) addQuadratic(gram, at, 3 * row + k, 3 * column + k, 1);
    }
  }
  for (let k = 0; k < QUADRATIC_TERMS; k++) {
    const half = (gram[k]! + gram[4 * QUADRATIC_TERMS + k]! + gram[8 * QUADRATIC_TERMS + k]!) / 2;
    for (let row = 0; row < 3; row++) gram[4 * row * QUADRATIC_TERMS + k]! -= half;
  }
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      for (let k = 0; k < 3; k++) {
        const entry = row < k ? 3 * row + k : 3 * k + row;
        addCubic((3 * row + column) * TERMS, gram, QUADRATIC_TERMS * entry, 3 * k + column);
      }
    }
  }
  for (let k = 0; k < 3; k++) {
    const next = (k + 1) % 3;
    const last = (k + 2) % 3;
    minor.fill(0);
    addQuadratic(minor, 0, 3 + next, 6 + last, 1);
    addQuadratic(minor, 0, 3 + last, 6 + next, -1);
    addCubic(9 * TERMS, minor, 0, k);
  }
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

/** Eliminated row `from` minus z times the next, as row `row` in z; coefficients with the lowest first. */
function fillRowInZ(row: number, from: number): void {
  rowsInZ.fill(0, ROW * row, ROW * (row + 1));
  fillPart(ROW * row, from, 0, 2);
  fillPart(ROW * row + BY_Y, from, 3, 2);
  fillPart(ROW * row + BY_ONE, from, 6, 3);
}

function fillPart(at: number, row: number, first: number, degree: number): void {
  for (let k = 0; k <= degree; k++) {
    const term = UNKNOWNS + first + degree - k;
    rowsInZ[at + k]! += cubics[row * TERMS + term]!;
    rowsInZ[at + k + 1]! -= cubics[(row + 1) * TERMS + term]!;
  }
}

/** Adds to the determinant of the rows in z what it has of the last column's entry in one of them. */
function addExpansion(row: number): void {
  const next = ROW * ((row + 1) % 3);
  const last = ROW * ((row + 2) % 3);
  product.fill(0);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      product[i + j]! +=
        rowsInZ[next + i]! * rowsInZ[last + BY_Y + j]! - rowsInZ[next + BY_Y + i]! * rowsInZ[last + j]!;
    }
  }
  for (let i = 0; i < 7; i++) {
    for (let j = 0; j < 5; j++) determinant[i + j]! += product[i]! * rowsInZ[ROW * row + BY_ONE + j]!;
  }
}

/** The vector (x, y, 1), up to a factor, that three rows of rank two leave. */
function kernelOf(a: Vector3, b: Vector3, c: Vector3): Vector3 {
  const candidates = [cross(a, b), cross(b, c), cross(c, a)] as const;
  let best = candidates[0];
  for (const candidate of candidates) if (dot(candidate, candidate) > dot(best, best)) best = candidate;
  return best;
}

/** Row `row` in z at a value of it. */
function rowAt(row: number, z: number): Vector3 {
  return [polynomialAt(ROW * row, 3, z), polynomialAt(ROW * row + BY_Y, 3, z), polynomialAt(ROW * row + BY_ONE, 4, z)];
}

function polynomialAt(at: number, degree: number, z: number): number {
  let sum = 0;
  for (let k = degree; k >= 0; k--) sum = sum * z + rowsInZ[at + k]!;
  return sum;
}

/** Adds the product of two entries of E, which are linear, to the quadratic that starts at `at`. */
function addQuadratic(sum: Float64Array, at: number, entry1: number, entry2: number, factor: number): void {
  for (let i = 0; i < 4; i++) {
    const value = factor * basis[9 * i + entry1]!;
    for (let j = 0; j < 4; j++) sum[at + QUADRATIC_OF[4 * i + j]!]! += value * basis[9 * j + entry2]!;
  }
}

/** Adds the product of a quadratic and an entry of E to the cubic that starts at `at`. */
function addCubic(at: number, quadratics: Float64Array, quadratic: number, entry: number): void {
  for (let i = 0; i < QUADRATIC_TERMS; i++) {
    const value = quadratics[quadratic + i]!;
    for (let j = 0; j < 4; j++) cubics[at + CUBIC_OF[4 * i + j]!]! += value * basis[9 * j + entry]!;
  }
}

/** `[a.length, b.length]`: where the product of two monomials stands in `products`. */
function productTable(a: readonly string[], b: readonly string[], products: readonly string[]): Uint8Array {
  const add = (left: string, right: string) => [0, 1, 2].map((k) => Number(left[k]) + Number(right[k])).join("");
  return Uint8Array.from(a.flatMap((left) => b.map((right) => products.indexOf(add(left, right)))));
}
