import type { RunOptions } from "../core/progress.ts";

/** What every preparation understands. */
export interface PrepareOptions extends RunOptions {
  /** The published list of pairs, or the folder of such lists; without it, pairs are selected by overlap. */
  readonly pairs?: string | undefined;
}
