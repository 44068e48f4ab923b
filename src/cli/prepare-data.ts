import type { PreparationReport } from "../datasets/prepare-frames.ts";
import type { PrepareOptions } from "../datasets/prepare-options.ts";
import type { PreparedSetName } from "../datasets/set-names.ts";
import type { OutputFlags } from "./shared-options.ts";
import { printOut } from "./standard-output.ts";
import { terminalProgress } from "./terminal-progress.ts";

/** Flags of `dust3r data prepare`. */
export interface PrepareFlags extends OutputFlags {
  readonly from: string;
  readonly to: string;
  readonly pairs?: string;
}

type Prepare = (from: string, to: string, options: PrepareOptions) => Promise<PreparationReport>;

/** How each release is made ready. */
const PREPARATIONS: Readonly<Record<PreparedSetName, () => Promise<Prepare>>> = {
  co3d: async () => (await import("../datasets/prepare-co3d.ts")).prepareCo3d,
  scannetpp: async () => (await import("../datasets/prepare-scannetpp.ts")).prepareScanNetpp,
  arkitscenes: async () => (await import("../datasets/prepare-arkitscenes.ts")).prepareArkitScenes,
  megadepth: async () => (await import("../datasets/prepare-megadepth.ts")).prepareMegaDepth,
  waymo: async () => (await import("../datasets/prepare-waymo.ts")).prepareWaymo,
};

/** Skipped frames that are printed; `--json` has all. */
const MOST_LINES = 20;

/** `dust3r data prepare`: makes a release ready for training. */
export async function prepareData(set: PreparedSetName, flags: PrepareFlags, signal: AbortSignal): Promise<void> {
  const prepare = await PREPARATIONS[set]();
  const progress = terminalProgress(flags.quiet ?? false);
  const { onProgress } = progress;
  try {
    const report = await prepare(flags.from, flags.to, { pairs: flags.pairs, onProgress, signal });
    progress.stop();
    if (flags.json) await printOut(JSON.stringify(report));
    else if (!flags.quiet || report.skipped.length > 0) await printOut(describe(report, flags.to));
  } finally {
    progress.stop();
  }
}

function describe({ scenes, frames, reused, pairs, skipped }: PreparationReport, to: string): string {
  const before = reused > 0 ? `, ${reused} of them by an earlier run` : "";
  const lines = [`${scenes} scenes, ${frames} frames${before} and ${pairs} pairs in ${to}`];
  if (skipped.length === 0) return lines[0]!;
  lines.push(`${skipped.length} frames cannot be used and are left out:`);
  lines.push(...skipped.slice(0, MOST_LINES).map(({ frame, problem }) => `  ${frame}: ${problem}`));
  if (skipped.length > MOST_LINES) lines.push(`  and ${skipped.length - MOST_LINES} more (--json lists all)`);
  return lines.join("\n");
}
