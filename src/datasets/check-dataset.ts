import { isUserError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import { seededRandom } from "../core/random.ts";
import { sha256 } from "../core/sha256.ts";
import { reprojectedColors } from "../rgbd/reprojected-colors.ts";
import type { Dataset } from "./dataset.ts";
import { type DatasetPair, readPair } from "./read-pair.ts";

/** What a look through a set finds. */
export interface DatasetReport {
  readonly name: string;
  readonly scenes: number;
  readonly frames: number;
  readonly pairs: number;
  readonly notes: readonly string[];
  /** Frames that were read. */
  readonly checked: number;
  /** Of these, what cannot be used, with the reason. */
  readonly broken: readonly BrokenFrame[];
  /** Frames that show the same picture as another one: its name, and the other's. */
  readonly duplicates: readonly (readonly [string, string])[];
  /** Mean share of the pixels in the checked frames that have depth. */
  readonly depthShare: number;
  readonly pairsChecked: readonly CheckedPair[];
  /** What makes the set as a whole doubtful, a sentence each. */
  readonly warnings: readonly string[];
}

export interface BrokenFrame {
  readonly frame: string;
  readonly problem: string;
}

/** A pair whose first view's depth was used to fetch colors from the second. */
export interface CheckedPair {
  readonly names: readonly [string, string];
  /** Share of the first view's pixels with depth that the second shows. */
  readonly seen: number;
  /** Mean difference of color there, of 255; null where nothing is shown. */
  readonly difference: number | null;
}

export interface CheckOptions extends RunOptions {
  /** Frames to read, evenly spread; all where left out. */
  readonly frames?: number;
  /** Pairs to read, evenly spread. */
  readonly pairs: number;
  /** Called with each pair that was read. */
  readonly onPair?: (pair: DatasetPair) => void;
}

/** Less than this of a pair in common, for most pairs, means that depth, poses or the list are wrong. */
const LEAST_SEEN = 0.01;

/**
 * Reads a set's frames and some of its pairs and reports what is wrong with them; only a bug makes it throw. Whether
 * poses, intrinsics and depth belong together shows where the second view's colors, fetched through the first's depth,
 * look like the first view.
 */
export async function checkDataset(dataset: Dataset, options: CheckOptions): Promise<DatasetReport> {
  const { name, scenes, frames, pairs, notes } = dataset;
  const looked = await checkFrames(dataset, options);
  const { pairsChecked, unreadable } = await checkPairs(dataset, options);
  const apart = pairsChecked.filter(({ seen }) => seen < LEAST_SEEN).length;
  const warnings = [
    ...doubtful(looked.broken.length, looked.checked, "frames cannot be used"),
    ...doubtful(unreadable, pairsChecked.length + unreadable, "pairs cannot be read"),
    ...doubtful(apart, pairsChecked.length, "pairs show nothing in common: are depth, poses and intrinsics right?"),
  ];
  return { name, scenes, frames, pairs, notes, ...looked, pairsChecked, warnings };
}

type FrameFindings = Pick<DatasetReport, "checked" | "broken" | "duplicates" | "depthShare">;

async function checkFrames(
  dataset: Dataset,
  { frames = dataset.frames, onProgress, signal }: CheckOptions,
): Promise<FrameFindings> {
  const broken: BrokenFrame[] = [];
  const duplicates: (readonly [string, string])[] = [];
  const seen = new Map<string, number>();
  const chosen = spread(dataset.frames, frames);
  let share = 0;
  for (const [done, frame] of chosen.entries()) {
    signal?.throwIfAborted();
    const name = dataset.frameName(frame);
    try {
      const { rgb, depth } = await dataset.readFrame(frame, { hideBackground: false, random: () => 0 });
      share += depth.reduce((count, z) => count + (z > 0 ? 1 : 0), 0) / depth.length;
      const hash = await sha256(new Uint8Array(rgb));
      const same = seen.get(hash);
      if (same === undefined) seen.set(hash, frame);
      else duplicates.push([name, dataset.frameName(same)]);
    } catch (error) {
      if (!isUserError(error)) throw error;
      broken.push({ frame: name, problem: error.message });
    }
    onProgress?.({ stage: "check", done: done + 1, total: chosen.length, item: name });
  }
  const depthShare = share / Math.max(1, chosen.length - broken.length);
  return { checked: chosen.length, broken, duplicates, depthShare };
}

async function checkPairs(
  dataset: Dataset,
  { pairs, onPair, signal }: CheckOptions,
): Promise<{ pairsChecked: CheckedPair[]; unreadable: number }> {
  const pairsChecked: CheckedPair[] = [];
  let unreadable = 0;
  for (const index of spread(dataset.pairs, pairs)) {
    signal?.throwIfAborted();
    try {
      const pair = await readPair(dataset, index, { hidesBackground: false, random: seededRandom(`check ${index}`) });
      const { known, seen, difference } = reprojectedColors(...pair.views);
      pairsChecked.push({ names: pair.names, seen: seen / known, difference: seen > 0 ? difference : null });
      onPair?.(pair);
    } catch (error) {
      if (!isUserError(error)) throw error;
      unreadable++;
    }
  }
  return { pairsChecked, unreadable };
}

/** A sentence where more than half of what was checked is wrong. */
function doubtful(wrong: number, all: number, what: string): string[] {
  return 2 * wrong > all ? [`${wrong} of ${all} ${what}`] : [];
}

/** At most `wanted` of `count` numbers, evenly spread. */
function spread(count: number, wanted: number): number[] {
  const taken = Math.min(count, wanted);
  return Array.from({ length: taken }, (_, i) => Math.floor(((i + 0.5) * count) / taken));
}
