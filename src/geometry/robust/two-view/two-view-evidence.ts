import { type Random, randomInteger } from "../../../core/random.ts";
import type { Size } from "../../../core/view.ts";
import type { Matches } from "./two-view-cameras.ts";

/** Cells along the longer side of a photo: matches that are in the same cells of both photos say the same. */
const CELLS = 24;
/** Pairs of a pixel and another's partner on which chance is measured. */
const REPAIRED = 4000;

/** Which matches say the same, as a label of each, `[count]`, from zero on. */
export interface MatchGroups {
  readonly labels: Int32Array;
  readonly count: number;
}

/**
 * Matches gathered by the cells of both photos that they are in. Evidence is counted in groups: a hundred matches on one
 * poster are one.
 */
export function groupMatches({ count, pixels }: Matches, [size1, size2]: readonly [Size, Size]): MatchGroups {
  const labels = new Int32Array(count);
  const known = new Map<number, number>();
  const side = ({ width, height }: Size) => Math.max(width, height) / CELLS;
  const [side1, side2] = [side(size1), side(size2)];
  // Pixels are counted from the principal point, which may lie anywhere.
  const cell = (index: number, length: number) => Math.floor(pixels[index]! / length) + 512;
  for (let k = 0; k < count; k++) {
    const first = cell(4 * k, side1) * 1024 + cell(4 * k + 1, side1);
    const key = (first * 1024 + cell(4 * k + 2, side2)) * 1024 + cell(4 * k + 3, side2);
    const label = known.get(key) ?? known.size;
    known.set(key, label);
    labels[k] = label;
  }
  return { labels, count: known.size };
}

/** How many groups there are among some matches, and how much of them some others explain; a group may be explained in part. */
export interface Support {
  readonly count: number;
  readonly explained: number;
}

/** The support of what `explains` marks among the matches that `among` marks (all when left out). */
export function supportOf(
  { labels, count }: MatchGroups,
  explains: (match: number) => boolean,
  among: (match: number) => boolean = () => true,
): Support {
  const sizes = new Int32Array(count);
  const agreeing = new Int32Array(count);
  for (let k = 0; k < labels.length; k++) {
    if (!among(k)) continue;
    sizes[labels[k]!]!++;
    if (explains(k)) agreeing[labels[k]!]!++;
  }
  let [present, explained] = [0, 0];
  for (let group = 0; group < count; group++) {
    if (sizes[group] === 0) continue;
    present++;
    explained += agreeing[group]! / sizes[group]!;
  }
  return { count: present, explained };
}

/**
 * The probability that a wrong match agrees with a model: measured on features of photo 1 with partners that belong to
 * others, so that it holds where features crowd along a horizon too.
 * @param errorsOf squared errors under the model, `[count]`
 */
export function chanceOfAgreement(
  matches: Matches,
  { errorsOf, threshold, random }: { errorsOf(matches: Matches): Float64Array; threshold: number; random: Random },
): number {
  const pixels = new Float64Array(4 * REPAIRED);
  for (let k = 0; k < REPAIRED; k++) {
    const first = randomInteger(random, matches.count);
    const second = (first + 1 + randomInteger(random, matches.count - 1)) % matches.count;
    for (let i = 0; i < 2; i++) {
      pixels[4 * k + i] = matches.pixels[4 * first + i]!;
      pixels[4 * k + 2 + i] = matches.pixels[4 * second + 2 + i]!;
    }
  }
  let agreeing = 1;
  for (const error of errorsOf({ count: REPAIRED, pixels })) if (error < threshold * threshold) agreeing++;
  return agreeing / (REPAIRED + 1);
}
