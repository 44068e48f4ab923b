import type { KnownLenses } from "../core/known-lens.ts";
import type { Logger } from "../core/logger.ts";
import type { RunOptions } from "../core/progress.ts";
import type { LikelyCamera, LocalizationOptions } from "../tasks/localization.ts";
import type { RefineMethod } from "./reconstruct-options.ts";

/** Both ways of the paper, the better supported one; or one of them. The default first. */
export const LOCALIZATION_METHODS = ["auto", "correspondences", "relative"] as const;

/** One of `LOCALIZATION_METHODS`. */
export type LocalizationMethod = (typeof LOCALIZATION_METHODS)[number];

/** A way of the paper alone. */
export type SingleLocalizationMethod = Exclude<LocalizationMethod, "auto">;

/** How a view is located from predictions for it; see `LOCALIZE_DEFAULTS`. */
export interface LocateOptions extends Omit<LocalizationOptions, "intrinsics" | "likely"> {
  readonly method?: LocalizationMethod | undefined;
  /** What the query's intrinsics are likely to be, in its original pixels. */
  readonly likely?: LikelyCamera | undefined;
}

/** How views are located in a map. */
export interface LocalizeViewsOptions extends Omit<LocateOptions, "likely">, RunOptions {
  /** Whether poses are refined on local features of the photos; they are when left out. */
  readonly refine?: RefineMethod | undefined;
  /** Longest side, in pixels, at which photos are looked at for features. */
  readonly featureSize?: number | undefined;
  /** With how many photos of the map each query is compared, the most similar first. */
  readonly top?: number | undefined;
  /** The queries' intrinsics, **in their original pixels**, where they are known. */
  readonly lenses?: KnownLenses | undefined;
  /** Set to take no notice of the focal lengths that the queries' EXIF data name. */
  readonly ignoreExif?: boolean | undefined;
  /** Told of what is known of other photos than the queries. */
  readonly logger?: Logger | undefined;
}

/** What is done unless told otherwise. */
export const LOCALIZE_DEFAULTS: { readonly method: LocalizationMethod; readonly top: number; readonly seed: number } = {
  method: "auto",
  top: 20,
  seed: 0,
};
