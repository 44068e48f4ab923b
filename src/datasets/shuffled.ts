import { randomInteger, seededRandom } from "../core/random.ts";

/** Names in an order that depends on the seed alone (Fisher and Yates). */
export function shuffled(names: readonly string[], seed: string): string[] {
  const random = seededRandom(seed);
  const order = [...names];
  for (let i = order.length - 1; i > 0; i--) {
    const other = randomInteger(random, i + 1);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}
