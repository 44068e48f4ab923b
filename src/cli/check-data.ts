import { openOutputFile } from "#platform";
import { upperMedian } from "../core/upper-median.ts";
import { checkDataset, type DatasetReport } from "../datasets/check-dataset.ts";
import type { Split } from "../datasets/dataset.ts";
import { pairSheet } from "../datasets/pair-sheet.ts";
import type { DatasetPair } from "../datasets/read-pair.ts";
import type { SetName } from "../datasets/set-names.ts";
import { TRAINING_SETS } from "../datasets/training-sets.ts";
import type { OutputFlags } from "./shared-options.ts";
import { snakeCaseKeys } from "./snake-case-keys.ts";
import { printOut } from "./standard-output.ts";
import { terminalProgress } from "./terminal-progress.ts";

/** Flags of `dust3r data check`. */
export interface CheckFlags extends OutputFlags {
  readonly split: Split;
  readonly frames?: number;
  readonly pairs: number;
  readonly preview?: string;
}

/** Broken frames and equal pictures that are printed; `--json` has all. */
const MOST_LINES = 20;
/** The exit code when a set as a whole is doubtful. */
const DOUBTFUL = 2;

/** `dust3r data check`: looks through a training set and says what is wrong with it. */
export async function checkData(set: SetName, folder: string, flags: CheckFlags, signal: AbortSignal): Promise<void> {
  const dataset = await TRAINING_SETS[set].open(folder, flags.split);
  const progress = terminalProgress(flags.quiet ?? false);
  const shown: DatasetPair[] = [];
  let report: DatasetReport;
  try {
    report = await checkDataset(dataset, {
      ...(flags.frames === undefined ? {} : { frames: flags.frames }),
      pairs: flags.pairs,
      ...(flags.preview === undefined ? {} : { onPair: (pair: DatasetPair) => shown.push(pair) }),
      onProgress: progress.onProgress,
      signal,
    });
  } finally {
    progress.stop();
  }
  if (flags.preview !== undefined && shown.length > 0) {
    await using file = await openOutputFile(flags.preview);
    await file.write(await pairSheet(shown));
    await file.commit();
  }
  await printOut(flags.json ? JSON.stringify(snakeCaseKeys(report)) : describe(report, TRAINING_SETS[set].paperPairs));
  if (report.warnings.length > 0) process.exitCode = DOUBTFUL;
}

function describe(report: DatasetReport, paperPairs: number): string {
  const { name, scenes, frames, pairs, checked, broken, duplicates, depthShare, pairsChecked } = report;
  const paper = paperPairs > 0 ? ` (the paper trained on ${paperPairs / 1000}k)` : "";
  const seen = upperMedian(pairsChecked.map((pair) => pair.seen)) ?? 0;
  const difference = upperMedian(pairsChecked.flatMap((pair) => pair.difference ?? [])) ?? 0;
  return [
    `${name}: ${scenes} scenes, ${frames} frames, ${pairs} pairs${paper}`,
    ...report.notes,
    `${checked} frames read; ${percent(depthShare)} of their pixels have depth`,
    ...listed(
      `${broken.length} frames cannot be used and are skipped in training`,
      broken.map(({ frame, problem }) => `${frame}: ${problem}`),
    ),
    ...listed(
      `${duplicates.length} frames show the same picture as another`,
      duplicates.map(([frame, other]) => `${frame} as ${other}`),
    ),
    ...(pairsChecked.length > 0
      ? [`${pairsChecked.length} pairs read; the second view shows ${percent(seen)} of the first`]
      : []),
    ...(difference > 0 ? [`colors that both see differ by ${difference.toFixed(1)} of 255`] : []),
    ...report.warnings.map((warning) => `warning: ${warning}`),
  ].join("\n");
}

function listed(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > MOST_LINES ? [`  and ${lines.length - MOST_LINES} more (--json lists all)`] : [];
  return [`${title}:`, ...lines.slice(0, MOST_LINES).map((line) => `  ${line}`), ...more];
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
