import { segmentsOf } from "../core/photo-names.ts";
import { upperMedian } from "../core/upper-median.ts";

/** What tells the place of a photo in a sequence. */
export interface PhotoMoment {
  readonly name: string;
  /** With its folders. */
  readonly path?: string | undefined;
  /** In milliseconds, by the camera's clock. */
  readonly takenAt?: number | undefined;
}

/** Fewer photos are no sequence. */
const LEAST_PHOTOS = 5;
/** A step is a gap, where the sequence ends, from this many times the usual step on. */
const GAP = 8;
/** No step in time below this is a gap, in milliseconds: people stop to look. */
const LEAST_GAP = 20_000;
/** A sequence is believed where, in the median, this share of its photos is more like a photo than the next one is, at most. */
const MOST_ALIKE_SHARE = 0.2;

/**
 * Photos that were probably taken one after another, as lists of indices in that order: names that differ by a running number, and,
 * of photos without such names, times. Numbers and times are a guess, which `similarity` of photos must confirm: the next photo
 * looks like this one more than most others do. No photo is in two sequences.
 */
export function photoSequences(
  photos: readonly PhotoMoment[],
  similarity: (first: number, second: number) => number,
): readonly (readonly number[])[] {
  const believed = (runs: readonly (readonly number[])[]) => runs.filter((run) => looksOrdered(run, similarity));
  const byName = believed(numberedRuns(photos).flatMap((run) => splitAtTimes(run, photos)));
  const taken = new Set(byName.flat());
  const others = photos.flatMap(({ takenAt }, i) => (takenAt === undefined || taken.has(i) ? [] : [i]));
  const inTime = others.sort((a, b) => photos[a]!.takenAt! - photos[b]!.takenAt! || compareNames(photos, a, b));
  return [...byName, ...believed(splitAtTimes(inTime, photos))];
}

function compareNames(photos: readonly PhotoMoment[], a: number, b: number): number {
  return photos[a]!.name < photos[b]!.name ? -1 : 1;
}

/** Photos of one folder whose names differ in the last number alone, by that number, parted where many numbers are missing. */
function numberedRuns(photos: readonly PhotoMoment[]): number[][] {
  const groups = new Map<string, { readonly photo: number; readonly number: number }[]>();
  for (const [photo, { name, path = name }] of photos.entries()) {
    const segments = segmentsOf(path);
    const parts = /^(.*?)(\d+)(\D*)$/.exec(segments.at(-1) ?? name);
    if (parts === null) continue;
    const key = JSON.stringify([segments.slice(0, -1), parts[1], parts[3]]);
    const numbered = { photo, number: Number(parts[2]) };
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [numbered]);
    else group.push(numbered);
  }
  return [...groups.values()].flatMap((group) => {
    const inOrder = group.sort((a, b) => a.number - b.number || compareNames(photos, a.photo, b.photo));
    const runs = splitAtGaps(
      inOrder.map(({ number }) => number),
      0,
    );
    return runs.map(([from, to]) => inOrder.slice(from, to).map(({ photo }) => photo));
  });
}

/** A run of photos parted where times are far apart; whole where not all have one. */
function splitAtTimes(run: readonly number[], photos: readonly PhotoMoment[]): number[][] {
  const times = run.map((photo) => photos[photo]!.takenAt);
  if (!times.every((time) => time !== undefined)) return [[...run]];
  return splitAtGaps(times, LEAST_GAP).map(([from, to]) => run.slice(from, to));
}

/** Where values, mostly rising, are interrupted: ranges of indices. */
function splitAtGaps(values: readonly number[], leastGap: number): (readonly [from: number, to: number])[] {
  const steps = values.slice(1).map((value, i) => Math.abs(value - values[i]!));
  const usual = upperMedian(steps) ?? 0;
  const ranges: (readonly [number, number])[] = [];
  let from = 0;
  for (const [i, step] of steps.entries()) {
    if (step <= Math.max(leastGap, GAP * usual)) continue;
    ranges.push([from, i + 1]);
    from = i + 1;
  }
  if (values.length > 0) ranges.push([from, values.length]);
  return ranges;
}

/** Whether photos look as if they were in order. */
function looksOrdered(run: readonly number[], similarity: (first: number, second: number) => number): boolean {
  if (run.length < LEAST_PHOTOS) return false;
  const shares = run.slice(1).map((next, i) => {
    const alike = similarity(run[i]!, next);
    const more = run.filter((other) => other !== run[i] && similarity(run[i]!, other) > alike).length;
    return more / (run.length - 2);
  });
  return upperMedian(shares)! <= MOST_ALIKE_SHARE;
}
