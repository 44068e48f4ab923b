import { upperMedian } from "../../core/upper-median.ts";
import { multiply3, multiplyVector3, scaleVector3, subtract } from "../../geometry/mat3.ts";
import { rotationAngle } from "../../geometry/rotation.ts";
import type { Similarity } from "../../geometry/similarity.ts";
import { averageSimilarities, type RelativeSimilarity } from "./average-similarities.ts";

/** Shorter loops tell of wrong pairs, not of two places: averaging and the objective are robust to those. */
const LEAST_STEPS = 5;
/** Beyond so many times what the errors of single pairs add up to along it, a loop does not close. */
const IMPROBABLE = 3;
/** Pairs are nowhere less off than this: radians, and as a share of the typical distance between two images. */
const LEAST_ERROR = { angle: 0.01, offset: 0.01 };

/**
 * Which nodes of a connected graph 0 … count − 1 are measured as if two places that look alike were one, `[first, second]` each, first <
 * second: those whose measurement contradicts the average of all where the way around, over measurements that agree with the average,
 * is long, and by more than errors of single ones can have added up to along that way. The average is robust: it follows the majority.
 */
export function falseLoops(count: number, measurements: readonly RelativeSimilarity[]): (readonly [number, number])[] {
  if (count <= LEAST_STEPS) return [];
  const frames = averageSimilarities(count, measurements);
  const errors = measurements.map((measurement) => errorOf(measurement, frames));
  const step = upperMedian(measurements.map(({ view1, view2 }) => distance(frames, view1, view2))) ?? 0;
  const typical = {
    angle: Math.max(LEAST_ERROR.angle, upperMedian(errors.map(({ angle }) => angle)) ?? 0),
    offset: Math.max(LEAST_ERROR.offset * step, upperMedian(errors.map(({ offset }) => offset)) ?? 0),
  };
  const exceeds = ({ angle, offset }: MeasurementError, limit: MeasurementError) =>
    angle > IMPROBABLE * limit.angle || offset > IMPROBABLE * limit.offset;
  const neighbors = Array.from({ length: count }, () => new Set<number>());
  measurements.forEach(({ view1, view2 }, k) => {
    if (exceeds(errors[k]!, typical)) return;
    neighbors[view1]!.add(view2);
    neighbors[view2]!.add(view1);
  });
  const found = new Map<number, readonly [number, number]>();
  for (const [k, { view1, view2 }] of measurements.entries()) {
    const [first, second] = [Math.min(view1, view2), Math.max(view1, view2)];
    if (found.has(first * count + second) || !exceeds(errors[k]!, typical)) continue;
    const way = shortestWay(neighbors, first, second);
    if (way === undefined || way.length <= LEAST_STEPS) continue;
    const length = way.slice(1).reduce((sum, node, i) => sum + distance(frames, way[i]!, node), 0);
    const growth = Math.sqrt(way.length - 1);
    // A turn by an error on the way swings what follows.
    const offset = growth * (typical.offset + (typical.angle * length) / Math.sqrt(3));
    if (exceeds(errors[k]!, { angle: growth * typical.angle, offset }))
      found.set(first * count + second, [first, second]);
  }
  return [...found.values()];
}

/** How far a measurement is off: radians, and units of the world. */
interface MeasurementError {
  readonly angle: number;
  readonly offset: number;
}

function errorOf(
  { view1, view2, frame1FromFrame2 }: RelativeSimilarity,
  frames: readonly Similarity[],
): MeasurementError {
  const [frame1, frame2] = [frames[view1]!, frames[view2]!];
  const turned = scaleVector3(frame1.scale, multiplyVector3(frame1.rotation, frame1FromFrame2.translation));
  return {
    angle: rotationAngle(multiply3(frame1.rotation, frame1FromFrame2.rotation), frame2.rotation),
    offset: Math.hypot(...subtract(subtract(frame2.translation, frame1.translation), turned)),
  };
}

function distance(frames: readonly Similarity[], a: number, b: number): number {
  return Math.hypot(...subtract(frames[a]!.translation, frames[b]!.translation));
}

/** The nodes of a way with the fewest steps between two nodes, both included; undefined where there is none. */
function shortestWay(neighbors: readonly ReadonlySet<number>[], from: number, to: number): number[] | undefined {
  const cameFrom = new Map<number, number>([[from, from]]);
  // Iterating over a map visits what is added on the way: breadth first.
  for (const node of cameFrom.keys()) {
    if (node === to) break;
    for (const next of neighbors[node]!) if (!cameFrom.has(next)) cameFrom.set(next, node);
  }
  if (!cameFrom.has(to)) return undefined;
  const way = [to];
  while (way.at(-1) !== from) way.push(cameFrom.get(way.at(-1)!)!);
  return way.reverse();
}
