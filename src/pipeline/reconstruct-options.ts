import type { AlignMethod } from "../alignment/align-options.ts";
import type { BlobStore } from "../core/blob-store.ts";
import type { DepthSize } from "../core/dense-scene.ts";
import type { Logger } from "../core/logger.ts";
import type { RunOptions } from "../core/progress.ts";
import { FEATURE_DEFAULTS } from "../features/detect-features.ts";
import type { PhotoPriors } from "../priors/network-priors.ts";
import type { PairChoice } from "./choose-pairs.ts";

/** How pairs are chosen and brought into one scene; see `RECONSTRUCT_DEFAULTS`. */
export interface SceneOptions extends RunOptions {
  /** Which photos are paired. */
  readonly pairs?: PairChoice | undefined;
  /** How the pairs are brought into one world. */
  readonly align?: AlignMethod | undefined;
  /** Whether cameras are refined on local features of the photos; needs `global` alignment. */
  readonly refine?: RefineMethod | undefined;
  /** Longest side, in pixels, at which photos are looked at for features; larger ones are reduced. */
  readonly featureSize?: number | undefined;
  /** Whether depth is measured between photos whose cameras are refined or given; `auto` when left out. */
  readonly dense?: DenseMethod | undefined;
  /** Pixels along the long side of measured depth maps, at most; 1024 when left out. */
  readonly depthSize?: DepthSize | undefined;
  /** What is known of the photos beforehand, by their names and **in original pixels**. */
  readonly priors?: PhotoPriors | undefined;
  /** Pixels above this confidence locate a camera. */
  readonly minConfidence?: number | undefined;
  /** Equal seeds give equal scenes. */
  readonly seed?: number | string | undefined;
  /**
   * Bytes of memory to make do with, half of the machine's when left out: of the pairs' maps and the features' descriptors, a
   * quarter of that is held, and all others lie on the disk. Photos at the network's resolution and their depth maps are held, whatever it says.
   */
  readonly memory?: number | undefined;
  /** Where finished pairs and features are kept, so that a run that was interrupted can go on; nowhere when left out. */
  readonly store?: BlobStore | undefined;
  /** Goes on without photos that cannot be used, and tells the logger of them; one error names them all when left out. */
  readonly skipBroken?: boolean | undefined;
  /** Told of photos that are left out, and of what is known of others than these. */
  readonly logger?: Logger | undefined;
}

/**
 * `features`: RootSIFT matches and bundle adjustment correct the network's cameras where the evidence is beyond chance. `none`:
 * the paper's own pipeline.
 */
export const REFINE_METHODS = ["features", "none"] as const;
/** One of them. */
export type RefineMethod = (typeof REFINE_METHODS)[number];

/**
 * `stereo`: depth at the photos' own resolution is measured by PatchMatch stereo where photos agree. `none`: the network's
 * depth. `auto`: stereo for up to `MOST_MEASURED` photos, if the cameras of two or more are refined or given.
 */
export const DENSE_METHODS = ["auto", "stereo", "none"] as const;
/** One of them. */
export type DenseMethod = (typeof DENSE_METHODS)[number];

/** More photos are measured only where that is asked for: it takes seconds for each, the longest part of all. */
export const MOST_MEASURED = 50;

/** What is done unless told otherwise. */
export const RECONSTRUCT_DEFAULTS: {
  readonly pairs: PairChoice;
  readonly align: AlignMethod;
  readonly refine: RefineMethod;
  readonly featureSize: number;
  readonly dense: DenseMethod;
  readonly minConfidence: number;
  readonly seed: number;
} = {
  pairs: { kind: "auto" },
  align: "global",
  refine: "features",
  featureSize: FEATURE_DEFAULTS.featureSize,
  dense: "auto",
  minConfidence: 3,
  seed: 0,
};

/** Whether depth is to be measured between so many photos, if the cameras of two or more are exact. */
export function asksForDepth(photos: number, dense: DenseMethod = RECONSTRUCT_DEFAULTS.dense): boolean {
  return dense === "stereo" || (dense === "auto" && photos <= MOST_MEASURED);
}
