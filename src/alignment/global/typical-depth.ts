import { upperMedian } from "../../core/upper-median.ts";
import { objective } from "./evaluate.ts";
import type { Level } from "./observation.ts";
import type { Penalty } from "./pixel-tile.ts";
import type { World } from "./world.ts";

/** Relative to a typical depth: nothing is measured as exactly as this. */
const DISTANCE_FLOOR = 1e-6;

/** The median depth of what a world's cameras see by the mean of the pairs; 0 where that is nothing. */
export function typicalDepth(world: World, level: Level): number {
  const penalty = { kind: "squared", floor: 0 } as const;
  const { depths } = objective(world, level, { penalty, settle: { tolerance: 0, maxSteps: 0 } });
  return upperMedian(depths.flatMap((depth) => [...depth.filter((z) => z > 0)])) ?? 0;
}

/** The paper's penalty in a world of this typical depth. */
export function distancePenalty(depth: number): Penalty {
  return { kind: "distance", floor: DISTANCE_FLOOR * depth };
}
