import { addGram } from "../../geometry/gram.ts";
import type { Similarity } from "../../geometry/similarity.ts";
import { cameraJacobian } from "./camera-rays.ts";
import type { ObservedPixels, PointmapObservation } from "./observation.ts";
import {
  ACROSS,
  ALONG,
  beginTiles,
  loadPixels,
  type Penalty,
  type PixelTile,
  RANGE,
  RAY_X,
  RAY_Y,
  RAY_Z,
  ROW,
  rangesFromDepths,
  TILE,
  WEIGHT,
} from "./pixel-tile.ts";
import { WORLD_CAMERA_DOF, WORLD_EDGE_DOF, type World, type WorldCamera } from "./world.ts";

/**
 * One image's part of the Gauss-Newton approximation to the Hessian of the objective, the depths eliminated (their Schur
 * complement). It couples the image's camera with the edges that observe it.
 */
export interface ImageHessian {
  /** Indices of the edges, in the order of the image's observations. */
  readonly edges: readonly number[];
  /**
   * Symmetric: the camera's parameters first, then those of each edge. Of its rows, one after another, only what is up to the diagonal:
   * `lowerIndex` tells where. In single precision: it is of few pixels, and products with it wait for memory.
   */
  readonly matrix: Float32Array;
  readonly size: number;
}

/** Where an element is in the lower triangle of a symmetric matrix, or its equal across the diagonal. */
export function lowerIndex(row: number, column: number): number {
  return row < column ? (column * (column + 1)) / 2 + row : (row * (row + 1)) / 2 + column;
}

/**
 * The Hessian at a world and depths (by image, `[pixels]`), by image. It is written over `former`, that of the same level at another
 * world: among many pairs of few images it is the largest thing there is.
 */
export function hessian(
  world: World,
  level: readonly ObservedPixels[],
  depths: readonly Float32Array[],
  penalty: Penalty,
  former: readonly ImageHessian[] = [],
): ImageHessian[] {
  return level.map((image, i) =>
    imageHessian(image, world.cameras[i]!, world.edges, depths[i]!, penalty, former[i]?.matrix),
  );
}

function imageHessian(
  observed: ObservedPixels,
  camera: WorldCamera,
  edges: readonly Similarity[],
  depths: Float32Array,
  penalty: Penalty,
  former: Float32Array | undefined,
): ImageHessian {
  const { pixels, observations } = observed;
  const pixelCount = pixels.length / 2;
  const size = WORLD_CAMERA_DOF + WORLD_EDGE_DOF * observations.length;
  const stiffness = new Float64Array(observations.length);
  const sums = { matrix: squareOf(size), size, coupling: new Float64Array(size * TILE) };
  const tile = beginTiles(camera, observations, edges, penalty.floor);
  for (let first = 0; first < pixelCount; first += TILE) {
    loadPixels(tile, { pixels, observations }, first);
    rangesFromDepths(tile, depths);
    sums.coupling.fill(0);
    for (let k = 0; k < tile.count; k++) {
      const total = stiffnessAt(tile, k, penalty, stiffness);
      if (total === 0) continue;
      addCamera(camera, tile, k, depths[first + k]!, total, sums);
      observations.forEach((observation, row) => {
        addEdge(observation, edges[observation.edge]!, tile, k, row, stiffness[row]!, total, sums);
      });
    }
    addGram(sums.matrix, sums.coupling, { size, length: TILE, factor: -1 });
  }
  const matrix = former ?? new Float32Array((size * (size + 1)) / 2);
  for (let row = 0; row < size; row++)
    matrix.set(sums.matrix.subarray(row * size, row * size + row + 1), (row * (row + 1)) / 2);
  return { edges: observations.map(({ edge }) => edge), matrix, size };
}

/** Of the image at work. */
let square = new Float64Array(0);

/** Zeros `[size, size]`, where sums are taken up. */
function squareOf(size: number): Float64Array {
  if (square.length < size * size) square = new Float64Array(size * size);
  return square.subarray(0, size * size).fill(0);
}

/** The weights of a pixel's observations in reweighted least squares; gives their sum. */
function stiffnessAt({ state, rows }: PixelTile, k: number, { kind }: Penalty, stiffness: Float64Array): number {
  let total = 0;
  for (let row = 0; row < stiffness.length; row++) {
    const at = row * ROW + k;
    const weight = rows[at + WEIGHT]!;
    const squared = (state[k + RANGE]! - rows[at + ALONG]!) ** 2 + rows[at + ACROSS]!;
    stiffness[row] = kind === "squared" ? 2 * weight : weight / Math.sqrt(squared);
    total += stiffness[row]!;
  }
  return total;
}

interface Sums {
  /** `[size, size]`, the lower triangle. */
  readonly matrix: Float64Array;
  readonly size: number;
  /**
   * `[size, TILE]`: derivatives of a pixel's best range by each parameter, times the root of the second derivative by
   * the range.
   */
  readonly coupling: Float64Array;
}

/** Of the pixel at work: derivatives of its world point by the camera, `[9, 3]`. */
const cameraVectors = new Float64Array(3 * WORLD_CAMERA_DOF);
/** Of the observation at work: derivatives of its point by the edge, `[7, 3]`, the point itself, and the pixel's ray. */
const edgeVectors = new Float64Array(3 * WORLD_EDGE_DOF);
const point = new Float64Array(3);
const ray = new Float64Array(3);

/** The camera's own block and its coupling with a pixel's range. Leaves the pixel's ray and `cameraVectors` for the edges. */
function addCamera(
  camera: WorldCamera,
  { state }: PixelTile,
  k: number,
  depth: number,
  total: number,
  { matrix, size, coupling }: Sums,
): void {
  const range = state[k + RANGE]!;
  ray[0] = state[k + RAY_X]!;
  ray[1] = state[k + RAY_Y]!;
  ray[2] = state[k + RAY_Z]!;
  cameraJacobian(camera, depth, range * ray[0]!, range * ray[1]!, range * ray[2]!, cameraVectors);
  const root = Math.sqrt(total);
  for (let i = 0; i < WORLD_CAMERA_DOF; i++) {
    const x = cameraVectors[3 * i]!;
    const y = cameraVectors[3 * i + 1]!;
    const z = cameraVectors[3 * i + 2]!;
    coupling[i * TILE + k] = root * (x * ray[0]! + y * ray[1]! + z * ray[2]!);
    for (let j = 0; j <= i; j++) {
      const product = x * cameraVectors[3 * j]! + y * cameraVectors[3 * j + 1]! + z * cameraVectors[3 * j + 2]!;
      matrix[i * size + j]! += total * product;
    }
  }
}

/** An edge's own block, its block with the camera, and its coupling with the pixel's range. */
function addEdge(
  { points }: PointmapObservation,
  { scale, rotation }: Similarity,
  { first }: PixelTile,
  k: number,
  row: number,
  weight: number,
  total: number,
  { matrix, size, coupling }: Sums,
): void {
  const p = 3 * (first + k);
  for (let c = 0; c < 3; c++) {
    const turned =
      rotation[3 * c]! * points[p]! + rotation[3 * c + 1]! * points[p + 1]! + rotation[3 * c + 2]! * points[p + 2]!;
    point[c] = scale * turned;
  }
  writeEdgeVectors();
  const start = WORLD_CAMERA_DOF + WORLD_EDGE_DOF * row;
  addProducts(coupling, start * TILE + k, TILE, -weight / Math.sqrt(total), ray, 0);
  for (let i = 0; i < WORLD_CAMERA_DOF; i++) {
    addProducts(matrix, start * size + i, size, -weight, cameraVectors, 3 * i);
  }
  for (let i = 0; i < WORLD_EDGE_DOF; i++) {
    addProducts(matrix, start * size + start + i, size, weight, edgeVectors, 3 * i);
  }
}

/** By translation the unit vectors, by rotation their cross products with the point, by scale the point. */
function writeEdgeVectors(): void {
  const [x, y, z] = point as unknown as [number, number, number];
  edgeVectors[0] = 1;
  edgeVectors[4] = 1;
  edgeVectors[8] = 1;
  edgeVectors[10] = -z;
  edgeVectors[11] = y;
  edgeVectors[12] = z;
  edgeVectors[14] = -x;
  edgeVectors[15] = -y;
  edgeVectors[16] = x;
  edgeVectors[18] = x;
  edgeVectors[19] = y;
  edgeVectors[20] = z;
}

/** Adds to seven places, `stride` apart, the weighted products of one vector with the edge's seven. */
function addProducts(
  values: Float64Array,
  at: number,
  stride: number,
  weight: number,
  vectors: Float64Array,
  v: number,
): void {
  const x = weight * vectors[v]!;
  const y = weight * vectors[v + 1]!;
  const z = weight * vectors[v + 2]!;
  const bx = point[0]!;
  const by = point[1]!;
  const bz = point[2]!;
  values[at]! += x;
  values[at + stride]! += y;
  values[at + 2 * stride]! += z;
  values[at + 3 * stride]! += by * z - bz * y;
  values[at + 4 * stride]! += bz * x - bx * z;
  values[at + 5 * stride]! += bx * y - by * x;
  values[at + 6 * stride]! += bx * x + by * y + bz * z;
}
