import type { ImagePlane } from "./image-plane.ts";
import type { ReadFloats, Spool } from "./spool.ts";
import type { ViewPair } from "./view.ts";

/**
 * The network's prediction for one ordered pair (equation 2 of the paper): two pointmaps, **both in the camera frame of
 * view 1** (OpenCV axes), with one common unknown scale, and a confidence per pixel.
 */
export interface PairPrediction extends ViewPair {
  /** View 1 at network resolution. */
  readonly size1: ImagePlane;
  /** View 2 at network resolution. */
  readonly size2: ImagePlane;
  /** `[height1, width1, 3]`, pixels of view 1. */
  readonly pointmap1: Float32Array;
  /** `[height1, width1]`, at least 1. */
  readonly confidence1: Float32Array;
  /** `[height2, width2, 3]`, pixels of view 2. */
  readonly pointmap2: Float32Array;
  /** `[height2, width2]`, at least 1. */
  readonly confidence2: Float32Array;
  /** Set where the maps lie on a disk: they are read, as copies, each time they are asked for. */
  readonly stored?: StoredMaps | undefined;
}

/** Maps of a pair that lie on a disk. */
export interface StoredMaps {
  /** What is made of them may lie there, too. */
  readonly spool: Spool;
  readonly read: Readonly<Record<"pointmap1" | "confidence1" | "pointmap2" | "confidence2", ReadFloats>>;
}

/** A prediction for the same pair whose maps are read each time they are asked for: of a copy by spreading they would stay in memory. */
export function readBack({ view1, view2, size1, size2 }: PairPrediction, stored: StoredMaps): PairPrediction {
  const { read } = stored;
  return {
    view1,
    view2,
    size1,
    size2,
    stored,
    get pointmap1() {
      return read.pointmap1();
    },
    get confidence1() {
      return read.confidence1();
    },
    get pointmap2() {
      return read.pointmap2();
    },
    get confidence2() {
      return read.confidence2();
    },
  };
}
