import type { RunOptions } from "../core/progress.ts";

/** How to bring predictions into one scene. */
export interface AlignOptions extends RunOptions {
  /** Pixels above this confidence locate a camera; 3 when left out. */
  readonly minConfidence?: number | undefined;
  /** Equal seeds give equal scenes; 0 when left out. */
  readonly seed?: number | string | undefined;
}
