import { type Random, randomInteger } from "../core/random.ts";

/** Range of overlap: the share of one view's surface that the other sees too. */
export type OverlapRange = readonly [min: number, max: number];

/**
 * Two views of a scene whose mutual overlap is as close as the scene allows to one drawn evenly from the range: easy and
 * hard pairs come equally often, however the cameras happen to stand.
 * @param overlap `[views, views]`, as `generateScene` gives it
 */
export function choosePair(overlap: Float32Array, range: OverlapRange, random: Random): readonly [number, number] {
  const views = Math.round(Math.sqrt(overlap.length));
  const wanted = range[0] + (range[1] - range[0]) * random();
  let closest: readonly [number, number] = [0, 1];
  let distance = Number.POSITIVE_INFINITY;
  // Starting anywhere keeps equally good pairs equally likely.
  const start = randomInteger(random, views * views);
  for (let step = 0; step < views * views; step++) {
    const at = (start + step) % (views * views);
    const [i, j] = [Math.floor(at / views), at % views];
    if (i === j) continue;
    const mutual = (overlap[i * views + j]! + overlap[j * views + i]!) / 2;
    if (Math.abs(mutual - wanted) < distance) {
      distance = Math.abs(mutual - wanted);
      closest = [i, j];
    }
  }
  return closest;
}
