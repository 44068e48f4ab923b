import type { Pose } from "../../core/camera.ts";
import { type Random, randomInteger, seededRandom } from "../../core/random.ts";

/** A photo whose pose is known. */
export interface PosedPhoto {
  /** A file. */
  readonly photo: string;
  readonly camFromWorld: Pose;
}

/** Photos of one scene. */
export interface PosedSequence {
  readonly id: string;
  /** Sequences of a group are averaged first. */
  readonly group: string;
  readonly photos: readonly PosedPhoto[];
}

/** The most photos of a sequence that are evaluated together. */
const MOST_FRAMES = 10;

/** Photos of a sequence in random order, always the same for one id: the first 3, 5 and 10 are evaluated. */
export function drawFrames({ id, photos }: PosedSequence): readonly PosedPhoto[] {
  const shuffled = [...photos];
  const random: Random = seededRandom(`frames of ${id}`);
  for (let i = 0; i < Math.min(MOST_FRAMES, shuffled.length - 1); i++) {
    const other = i + randomInteger(random, shuffled.length - i);
    [shuffled[i], shuffled[other]] = [shuffled[other]!, shuffled[i]!];
  }
  return shuffled.slice(0, MOST_FRAMES);
}
