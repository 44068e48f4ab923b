import type { KnownLenses } from "../core/known-lens.ts";
import type { Logger } from "../core/logger.ts";
import type { RunOptions } from "../core/progress.ts";
import type { LocalizationOptions } from "../tasks/localization.ts";

/** The two ways of the paper, the default first. */
export const LOCALIZATION_METHODS = ["correspondences", "relative"] as const;

/** One of `LOCALIZATION_METHODS`. */
export type LocalizationMethod = (typeof LOCALIZATION_METHODS)[number];

/** How a view is located from what the network says of it; see `LOCALIZE_DEFAULTS`. */
export interface LocateOptions extends Omit<LocalizationOptions, "intrinsics"> {
  readonly method?: LocalizationMethod | undefined;
}

/** How views are located in a map. */
export interface LocalizeViewsOptions extends LocateOptions, RunOptions {
  /** With how many photos of the map each query is compared, the most similar first. */
  readonly top?: number | undefined;
  /** The queries' intrinsics, **in their original pixels**, where they are known. */
  readonly lenses?: KnownLenses | undefined;
  /** Told of what is known of other photos than the queries. */
  readonly logger?: Logger | undefined;
}

/** What is done unless told otherwise. */
export const LOCALIZE_DEFAULTS: { readonly method: LocalizationMethod; readonly top: number; readonly seed: number } = {
  method: "correspondences",
  top: 20,
  seed: 0,
};
