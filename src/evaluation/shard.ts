/** One of several parts of an evaluation that are run apart; `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** The indices [start, end) of the items that belong to a shard: neighbors stay together, sizes differ by one at most. */
export function shardRange(items: number, { index, count }: Shard): readonly [start: number, end: number] {
  const at = (part: number) => Math.floor((items * part) / count);
  return [at(index - 1), at(index)];
}
