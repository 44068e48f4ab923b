import type { ObservedPixels } from "./observation.ts";
import {
  addForces,
  addGradients,
  beginTiles,
  depthsFromRanges,
  loadPixels,
  meanRanges,
  medianRanges,
  type Penalty,
  rangesFromDepths,
  type Settling,
  settleRanges,
  TILE,
} from "./pixel-tile.ts";
import { cameraOffset, edgeOffset, WORLD_EDGE_DOF, type World } from "./world.ts";

/** The objective at a world, every pixel at its best depth. */
export interface ObjectiveValue {
  readonly loss: number;
  /** By image, `[pixels]`, z-depths; 0 where a pixel has no observation, or no depth in front of the camera fits. */
  readonly depths: readonly Float32Array[];
}

/** The objective and its derivatives. */
export interface Evaluation extends ObjectiveValue {
  /** By the parameters of `moveWorld`. */
  readonly gradient: Float64Array;
}

/** How to evaluate. */
export interface EvaluateOptions {
  readonly penalty: Penalty;
  /** How well the depths are to be found. */
  readonly settle: Settling;
  /** Depths to start from, by image; rough medians when left out. */
  readonly start?: readonly Float32Array[] | undefined;
  /** Where the depths are written, by image, `[pixels]`: those to start from may be written over. New memory when left out. */
  readonly into?: readonly Float32Array[] | undefined;
}

/** The paper's objective Σ w |χ − T X| (section 3.4) over a level's pixels. Depths are not parameters: each is the best. */
export function objective(world: World, level: readonly ObservedPixels[], options: EvaluateOptions): ObjectiveValue {
  return overImages(world, level, options, undefined);
}

/** The objective and its derivatives, which are those with the depths eliminated. */
export function evaluate(world: World, level: readonly ObservedPixels[], options: EvaluateOptions): Evaluation {
  const gradient = new Float64Array(edgeOffset(world.cameras.length, world.edges.length));
  return { ...overImages(world, level, options, gradient), gradient };
}

function overImages(
  world: World,
  level: readonly ObservedPixels[],
  options: EvaluateOptions,
  gradient: Float64Array | undefined,
): ObjectiveValue {
  let loss = 0;
  const depths = options.into ?? level.map(({ pixels }) => new Float32Array(pixels.length / 2));
  for (const i of level.keys()) loss += overPixels(world, level, i, options, depths[i]!, gradient);
  return { loss, depths };
}

/** One image's part of the objective. Writes its depths, and adds to the derivatives where they are wanted. */
function overPixels(
  { cameras, edges }: World,
  level: readonly ObservedPixels[],
  image: number,
  { penalty, settle, start }: EvaluateOptions,
  depths: Float32Array,
  gradient: Float64Array | undefined,
): number {
  const { pixels, observations } = level[image]!;
  const camera = cameras[image]!;
  const squared = penalty.kind === "squared";
  const startDepths = start?.[image];
  const tile = beginTiles(camera, observations, edges, squared ? 0 : penalty.floor);
  let loss = 0;
  for (let first = 0; first < depths.length; first += TILE) {
    loadPixels(tile, { pixels, observations }, first);
    if (squared) loss += meanRanges(tile);
    else {
      if (startDepths === undefined) medianRanges(tile);
      else rangesFromDepths(tile, startDepths);
      loss += settleRanges(tile, settle);
    }
    depthsFromRanges(tile, depths);
    if (gradient !== undefined) addForces(tile);
  }
  if (gradient !== undefined) {
    const byCamera = gradient.subarray(cameraOffset(image), cameraOffset(image + 1));
    const byEdges = observations.map(({ edge }) => {
      const offset = edgeOffset(cameras.length, edge);
      return gradient.subarray(offset, offset + WORLD_EDGE_DOF);
    });
    addGradients(tile, camera, byCamera, byEdges);
  }
  return loss;
}
