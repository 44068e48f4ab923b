import type { Similarity } from "../../geometry/similarity.ts";
import { cameraRays } from "./camera-rays.ts";
import type { Level, ObservedImage } from "./observation.ts";
import {
  addForces,
  FORCE_X,
  FORCE_Y,
  FORCE_Z,
  meanRanges,
  measureRow,
  medianRanges,
  type Penalty,
  type PixelTile,
  pixelTile,
  RANGE,
  RAY_X,
  RAY_Y,
  RAY_Z,
  rayDistances,
  type Settling,
  settleRanges,
  TILE,
} from "./pixel-tile.ts";
import { CAMERA_PARAMETERS, cameraOffset, EDGE_PARAMETERS, edgeOffset, type World, type WorldCamera } from "./world.ts";

/** The objective at a world, every pixel at its best depth. */
export interface Evaluation {
  readonly loss: number;
  /** By the parameters of `moveWorld`. */
  readonly gradient: Float64Array;
  /** By image, `[pixels]`, z-depths; 0 where nothing is said of a pixel, or no depth in front of the camera fits. */
  readonly depths: readonly Float64Array[];
}

/** How to evaluate. */
export interface EvaluateOptions {
  readonly penalty: Penalty;
  /** How well the depths are to be found. */
  readonly settle: Settling;
  /** Depths to start from, by image; weighted medians when left out. */
  readonly start?: readonly Float64Array[] | undefined;
}

/**
 * The paper's objective Σ w |χ − T X| (section 3.4) over a level's pixels, and its derivatives. Depths are not parameters:
 * each pixel takes the one that is best for it, and the derivatives are those with the depths eliminated.
 */
export function evaluate(world: World, level: Level, options: EvaluateOptions): Evaluation {
  const gradient = new Float64Array(edgeOffset(world.cameras.length, world.edges.length));
  let loss = 0;
  const depths = level.map((image, i) => {
    const part = evaluateImage(image, world.cameras[i]!, world.edges, { ...options, start: options.start?.[i] });
    loss += part.loss;
    gradient.set(part.cameraGradient, cameraOffset(i));
    image.observations.forEach(({ edge }, k) => {
      const offset = edgeOffset(world.cameras.length, edge);
      for (let c = 0; c < EDGE_PARAMETERS; c++) gradient[offset + c]! += part.edgeGradients[k]![c]!;
    });
    return part.depths;
  });
  return { loss, gradient, depths };
}

interface ImageEvaluation {
  readonly loss: number;
  readonly cameraGradient: Float64Array;
  /** By observation. */
  readonly edgeGradients: readonly Float64Array[];
  readonly depths: Float64Array;
}

function evaluateImage(
  { pixels, observations }: ObservedImage,
  camera: WorldCamera,
  edges: readonly Similarity[],
  { penalty, settle, start }: { penalty: Penalty; settle: Settling; start: Float64Array | undefined },
): ImageEvaluation {
  const pixelCount = pixels.length / 2;
  const { directions, depthPerRange } = cameraRays(camera, pixels);
  const ranges = start?.map((depth, k) => depth / depthPerRange[k]!) ?? new Float64Array(pixelCount);
  const cameraGradient = new Float64Array(CAMERA_PARAMETERS);
  const edgeGradients = observations.map(() => new Float64Array(EDGE_PARAMETERS));
  const distances = rayDistances(observations.length);
  const depths = new Float64Array(pixelCount);
  let state: Float64Array | undefined;
  let loss = 0;
  for (let first = 0; first < pixelCount; first += TILE) {
    const tile = pixelTile(first, camera.center, directions, ranges, state);
    state = tile.state;
    observations.forEach((observation, row) => {
      measureRow(tile, observation, edges[observation.edge]!, penalty.floor, row, distances);
    });
    if (penalty.kind === "squared") meanRanges(tile, distances, observations.length);
    else {
      if (start === undefined) medianRanges(tile, distances, observations.length);
      settleRanges(tile, distances, observations.length, settle);
    }
    observations.forEach((observation, row) => {
      loss += addForces(tile, distances, row, edges[observation.edge]!, penalty, edgeGradients[row]!);
    });
    addCameraGradient(tile, camera, depthPerRange, cameraGradient);
    for (let k = 0; k < tile.count; k++) depths[first + k] = state[k + RANGE]! * depthPerRange[first + k]!;
  }
  return { loss, cameraGradient, edgeGradients, depths };
}

/** Adds the forces on a tile's world points as they act on the camera's parameters. */
function addCameraGradient(
  { first, count, state }: PixelTile,
  { rotation, intrinsics }: WorldCamera,
  depthPerRange: Float64Array,
  gradient: Float64Array,
): void {
  const force = new Float64Array(3);
  const torque = new Float64Array(3);
  const byDepth = new Float64Array(3);
  let stretch = 0;
  for (let k = 0; k < count; k++) {
    const range = state[k + RANGE]!;
    const depth = range * depthPerRange[first + k]!;
    const x = range * state[k + RAY_X]!;
    const y = range * state[k + RAY_Y]!;
    const z = range * state[k + RAY_Z]!;
    const fx = state[k + FORCE_X]!;
    const fy = state[k + FORCE_Y]!;
    const fz = state[k + FORCE_Z]!;
    force[0]! += fx;
    force[1]! += fy;
    force[2]! += fz;
    torque[0]! += y * fz - z * fy;
    torque[1]! += z * fx - x * fz;
    torque[2]! += x * fy - y * fx;
    byDepth[0]! += depth * fx;
    byDepth[1]! += depth * fy;
    byDepth[2]! += depth * fz;
    stretch += x * fx + y * fy + z * fz;
  }
  const axis = (column: 0 | 1 | 2) =>
    rotation[column] * byDepth[0]! + rotation[column + 3]! * byDepth[1]! + rotation[column + 6]! * byDepth[2]!;
  const parts = [...force, ...torque, axis(2) - stretch, -axis(0) / intrinsics.fx, -axis(1) / intrinsics.fy];
  parts.forEach((part, k) => {
    gradient[k]! += part;
  });
}
