import { type Random, randomInteger } from "../core/random.ts";

/** How far the frames of a pair are apart in their sequence. */
const OFFSETS = [5, 10, 15, 20, 25, 30];
/** Both are moved by up to this much. */
const JITTER = 4;

/** Pairs within sequences of frames that follow each other around an object. */
export interface SequencePairs {
  readonly frames: number;
  readonly pairs: number;
  /** The sequence of a frame, and its place there. */
  locate(frame: number): readonly [sequence: number, position: number];
  choosePair(pair: number, random: Random): readonly [number, number];
  /** The other frames of the sequence, from the nearest on. */
  neighbors(frame: number): readonly number[];
}

/**
 * Pairs of frames 5, 10, … 30 apart, as for CO3D and WildRGB-D, whose frames are then moved by up to 4 at random: few
 * different sequences give many different pairs. Frames are numbered through all sequences.
 */
export function sequencePairs(lengths: readonly number[]): SequencePairs {
  const frameStarts = runningSum(lengths);
  const pairStarts = runningSum(lengths.map((length) => OFFSETS.reduce((sum, d) => sum + Math.max(0, length - d), 0)));
  const locate = (frame: number): readonly [number, number] => {
    const sequence = lastUpTo(frameStarts, frame);
    return [sequence, frame - frameStarts[sequence]!];
  };
  return {
    frames: frameStarts.at(-1)!,
    pairs: pairStarts.at(-1)!,
    locate,
    choosePair(pair, random) {
      const sequence = lastUpTo(pairStarts, pair);
      const length = lengths[sequence]!;
      const positions = positionsOf(pair - pairStarts[sequence]!, length);
      const moved = positions.map((position) => {
        const jittered = position + randomInteger(random, 2 * JITTER + 1) - JITTER;
        return Math.max(0, Math.min(length - 1, jittered));
      });
      // Two that meet would be no pair.
      const [first, second] = moved[0] === moved[1] ? positions : moved;
      const start = frameStarts[sequence]!;
      return [start + first!, start + second!];
    },
    neighbors(frame) {
      const [sequence, position] = locate(frame);
      const length = lengths[sequence]!;
      const others = Array.from({ length }, (_, other) => other).filter((other) => other !== position);
      others.sort((a, b) => Math.abs(a - position) - Math.abs(b - position) || a - b);
      return others.map((other) => frameStarts[sequence]! + other);
    },
  };
}

/** The places of a sequence's pair number `index`, offset by offset. */
function positionsOf(index: number, length: number): readonly [number, number] {
  let left = index;
  for (const offset of OFFSETS) {
    const count = Math.max(0, length - offset);
    if (left < count) return [left, left + offset];
    left -= count;
  }
  throw new RangeError(`a sequence of ${length} frames has no pair ${index}`);
}

/** 0, the first, the sum of the first two, … the sum of all. */
function runningSum(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (const [i, value] of values.entries()) sums[i + 1] = sums[i]! + value;
  return sums;
}

/** The last index whose start is at most `value`; of several equal ones the last, which is not empty. */
function lastUpTo(starts: Float64Array, value: number): number {
  let [low, high] = [0, starts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}
