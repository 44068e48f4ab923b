import type { Similarity } from "../../geometry/similarity.ts";
import { cameraRays } from "./camera-rays.ts";
import type { Level, ObservedImage } from "./observation.ts";
import {
  addForces,
  meanRanges,
  measureRow,
  type Penalty,
  type PixelTile,
  rangeCorrections,
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
  /** Depths to start from, by image; the weighted means when left out. */
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
  const corrections = new Float64Array(TILE);
  const forces = new Float64Array(3 * TILE);
  let loss = 0;
  for (let first = 0; first < pixelCount; first += TILE) {
    const tile: PixelTile = {
      first,
      count: Math.min(TILE, pixelCount - first),
      center: camera.center,
      rays: directions.subarray(3 * first, 3 * (first + TILE)),
      ranges: ranges.subarray(first, first + TILE),
    };
    observations.forEach((observation, row) => {
      measureRow(tile, observation, edges[observation.edge]!, penalty.floor, row, distances);
    });
    if (penalty.kind === "squared") {
      meanRanges(tile, distances, observations.length);
      corrections.fill(0);
    } else {
      if (start === undefined) meanRanges(tile, distances, observations.length);
      settleRanges(tile, distances, observations.length, settle);
      rangeCorrections(tile, distances, observations.length, corrections);
    }
    forces.fill(0);
    observations.forEach((observation, row) => {
      const edge = edges[observation.edge]!;
      loss += addForces(tile, observation, edge, penalty, corrections, forces, edgeGradients[row]!);
    });
    addCameraGradient(tile, camera, depthPerRange, forces, cameraGradient);
  }
  return { loss, cameraGradient, edgeGradients, depths: ranges.map((range, k) => range * depthPerRange[k]!) };
}

/** Adds the forces on a tile's world points as they act on the camera's parameters. */
function addCameraGradient(
  { first, count, rays, ranges }: PixelTile,
  { rotation, intrinsics }: WorldCamera,
  depthPerRange: Float64Array,
  forces: Float64Array,
  gradient: Float64Array,
): void {
  const force = [0, 0, 0];
  const torque = [0, 0, 0];
  const byDepth = [0, 0, 0];
  let stretch = 0;
  for (let k = 0, r = 0; k < count; k++, r += 3) {
    const range = ranges[k]!;
    const depth = range * depthPerRange[first + k]!;
    const x = range * rays[r]!;
    const y = range * rays[r + 1]!;
    const z = range * rays[r + 2]!;
    const fx = forces[r]!;
    const fy = forces[r + 1]!;
    const fz = forces[r + 2]!;
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
