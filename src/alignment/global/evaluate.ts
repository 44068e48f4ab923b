import { multiplyVector3, transpose3 } from "../../geometry/mat3.ts";
import type { Level } from "./observation.ts";
import {
  addForces,
  DEPTH_PER_RANGE,
  depthsFromRanges,
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
  rangesFromDepths,
  rayDistances,
  type Settling,
  settleRanges,
  TILE,
  tileState,
} from "./pixel-tile.ts";
import { cameraOffset, EDGE_PARAMETERS, edgeOffset, type World, type WorldCamera } from "./world.ts";

/** The objective at a world, every pixel at its best depth. */
export interface Objective {
  readonly loss: number;
  /** By image, `[pixels]`, z-depths; 0 where nothing is said of a pixel, or no depth in front of the camera fits. */
  readonly depths: readonly Float64Array[];
}

/** The objective and its derivatives. */
export interface Evaluation extends Objective {
  /** By the parameters of `moveWorld`. */
  readonly gradient: Float64Array;
}

/** How to evaluate. */
export interface EvaluateOptions {
  readonly penalty: Penalty;
  /** How well the depths are to be found. */
  readonly settle: Settling;
  /** Depths to start from, by image; rough medians when left out. */
  readonly start?: readonly Float64Array[] | undefined;
}

/** The paper's objective Σ w |χ − T X| (section 3.4) over a level's pixels. Depths are not parameters: each is the best. */
export function objective(world: World, level: Level, options: EvaluateOptions): Objective {
  return overImages(world, level, options, undefined);
}

/** The objective and its derivatives, which are those with the depths eliminated. */
export function evaluate(world: World, level: Level, options: EvaluateOptions): Evaluation {
  const gradient = new Float64Array(edgeOffset(world.cameras.length, world.edges.length));
  return { ...overImages(world, level, options, gradient), gradient };
}

function overImages(
  world: World,
  level: Level,
  options: EvaluateOptions,
  gradient: Float64Array | undefined,
): Objective {
  let loss = 0;
  const depths = level.map(({ pixels }) => new Float64Array(pixels.length / 2));
  for (const i of level.keys()) loss += overPixels(world, level, i, options, depths[i]!, gradient);
  return { loss, depths };
}

/** One image's part of the objective. Writes its depths, and adds to the derivatives where they are wanted. */
function overPixels(
  { cameras, edges }: World,
  level: Level,
  image: number,
  { penalty, settle, start }: EvaluateOptions,
  depths: Float64Array,
  gradient: Float64Array | undefined,
): number {
  const { pixels, observations } = level[image]!;
  const camera = cameras[image]!;
  const squared = penalty.kind === "squared";
  const startDepths = start?.[image];
  const count = observations.length;
  const cameraGradient = gradient?.subarray(cameraOffset(image), cameraOffset(image + 1));
  const edgeGradients = observations.map(({ edge }) => {
    const offset = edgeOffset(cameras.length, edge);
    return gradient?.subarray(offset, offset + EDGE_PARAMETERS);
  });
  const distances = rayDistances(count);
  const state = tileState();
  let loss = 0;
  for (let first = 0; first < depths.length; first += TILE) {
    const tile = pixelTile(first, pixels, camera, state);
    for (let row = 0; row < count; row++) {
      const observation = observations[row]!;
      measureRow(tile, observation, edges[observation.edge]!, squared ? 0 : penalty.floor, row, distances);
    }
    if (squared) loss += meanRanges(tile, distances, count);
    else {
      if (startDepths === undefined) medianRanges(tile, distances, count);
      else rangesFromDepths(tile, startDepths);
      loss += settleRanges(tile, distances, count, settle);
    }
    depthsFromRanges(tile, depths);
    if (cameraGradient === undefined) continue;
    for (let row = 0; row < count; row++) {
      const observation = observations[row]!;
      addForces(tile, observation, edges[observation.edge]!, row, distances, edgeGradients[row]!);
    }
    addCameraGradient(tile, camera, cameraGradient);
  }
  return loss;
}

/** Adds the forces on a tile's world points as they act on the camera's parameters. */
function addCameraGradient(
  { count, state }: PixelTile,
  { rotation, intrinsics }: WorldCamera,
  gradient: Float64Array,
): void {
  let forceX = 0;
  let forceY = 0;
  let forceZ = 0;
  let torqueX = 0;
  let torqueY = 0;
  let torqueZ = 0;
  let byDepthX = 0;
  let byDepthY = 0;
  let byDepthZ = 0;
  let stretch = 0;
  for (let k = 0; k < count; k++) {
    const range = state[k + RANGE]!;
    const depth = range * state[k + DEPTH_PER_RANGE]!;
    const x = range * state[k + RAY_X]!;
    const y = range * state[k + RAY_Y]!;
    const z = range * state[k + RAY_Z]!;
    const fx = state[k + FORCE_X]!;
    const fy = state[k + FORCE_Y]!;
    const fz = state[k + FORCE_Z]!;
    forceX += fx;
    forceY += fy;
    forceZ += fz;
    torqueX += y * fz - z * fy;
    torqueY += z * fx - x * fz;
    torqueZ += x * fy - y * fx;
    byDepthX += depth * fx;
    byDepthY += depth * fy;
    byDepthZ += depth * fz;
    stretch += x * fx + y * fy + z * fz;
  }
  const [right, down, forward] = multiplyVector3(transpose3(rotation), [byDepthX, byDepthY, byDepthZ]);
  gradient[0]! += forceX;
  gradient[1]! += forceY;
  gradient[2]! += forceZ;
  gradient[3]! += torqueX;
  gradient[4]! += torqueY;
  gradient[5]! += torqueZ;
  gradient[6]! += forward - stretch;
  gradient[7]! -= right / intrinsics.fx;
  gradient[8]! -= down / intrinsics.fy;
}
