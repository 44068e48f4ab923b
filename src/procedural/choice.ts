import { type Random, randomInteger } from "../core/random.ts";

/** A number in [low, high). */
export function uniform(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** A number in [low, high) whose logarithm is uniform; both ends positive. */
export function logUniform(random: Random, low: number, high: number): number {
  return low * (high / low) ** random();
}

/** One of `items`. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[randomInteger(random, items.length)]!;
}
