import type { Random } from "../core/random.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";

/** The splits of a set: training and validation pairs. */
export type Split = "train" | "validation";

/** Choices when a frame is read. */
export interface FrameOptions {
  /** Take the depth of the background away, where a set tells it from the object. */
  readonly hideBackground: boolean;
  /** Decides where a set has more than one picture of a frame. */
  readonly random: Random;
}

/**
 * A training set on disk: frames, which are photos with depth and camera, and pairs of them. Both are numbered from 0;
 * nothing but lists is read before a frame is asked for.
 */
export interface Dataset {
  /** As on the command line. */
  readonly name: string;
  readonly scenes: number;
  readonly frames: number;
  readonly pairs: number;
  /** What the lists name and the set leaves out, a sentence with a count each. */
  readonly notes: readonly string[];
  /** The path by which people know a frame, below the set's folder. */
  frameName(frame: number): string;
  /** A `FormatError` or an `InputError` names the file for a frame that is damaged, incomplete, or without any depth. */
  readFrame(frame: number, options: FrameOptions): Promise<RgbdView>;
  /** The frames of a pair, drawn where the set leaves them to chance. */
  choosePair(pair: number, random: Random): readonly [number, number];
  /** Frames that may stand in for one that cannot be read, the best first; none for sets that list their pairs. */
  substitutes(frame: number): readonly number[];
}
