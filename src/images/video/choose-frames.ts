import { frameMotion } from "./frame-motion.ts";
import type { GrayPicture } from "./gray-picture.ts";
import { sharpness } from "./sharpness.ts";

/** A frame of a video that may be chosen. */
export interface FrameSample {
  readonly sharpness: number;
  /** How far the camera had come by then, in widths of the picture. Never falls. */
  readonly path: number;
}

/** Frames of a video unless told otherwise: all pairs of them are compared in reasonable time. */
export const DEFAULT_FRAMES = 16;
/** Frames are looked at this often, and never more of them than `MOST_SAMPLES`. */
const SAMPLES_PER_SECOND = 8;
const MOST_SAMPLES = 1200;
/** Width in pixels at which frames are compared. */
export const SAMPLE_WIDTH = 160;
/** Parallax counts so many times as much as a shift of all the picture, which shows no depth where the camera only turned. */
const PARALLAX_WEIGHT = 3;
/** Motion is measured from the same frame until it is so large: so that small steps are not rounded off, nor a shake added up. */
const NEXT_ANCHOR = 0.05;
/** Frames that are closer than this show the same once more. */
const LEAST_SPACING = 0.05;
/** A frame may be so far from its place, in spacings, for being sharper. */
const LEEWAY = 0.25;

/** How many frames of a second are looked at in a video of so many seconds; null where that is unknown. */
export function samplesPerSecond(seconds: number | null): number {
  return seconds === null ? SAMPLES_PER_SECOND : Math.min(SAMPLES_PER_SECOND, MOST_SAMPLES / seconds);
}

/** Measures the frames of a video one after another. */
export class FrameMeter {
  readonly samples: FrameSample[] = [];
  #anchor: GrayPicture | null = null;
  #anchorPath = 0;
  #path = 0;

  /** The next frame, `SAMPLE_WIDTH` wide, as large as those before. */
  add(frame: GrayPicture): void {
    this.#anchor ??= frame;
    const { shift, parallax } = frameMotion(this.#anchor, frame);
    const moved = shift + PARALLAX_WEIGHT * parallax;
    this.#path = Math.max(this.#path, this.#anchorPath + moved);
    if (moved > NEXT_ANCHOR) {
      this.#anchor = frame;
      this.#anchorPath = this.#path;
    }
    this.samples.push({ sharpness: sharpness(frame), path: this.#path });
  }
}

/**
 * The frames to reconstruct from, as indices in rising order: at equal distances along the camera's path, the sharpest around each
 * place. At most `count`, fewer where the camera came less far, one where it stood still; none of none.
 */
export function chooseFrames(samples: readonly FrameSample[], count: number): number[] {
  const length = samples.at(-1)?.path ?? 0;
  const places = Math.min(count, Math.floor(length / LEAST_SPACING) + 1);
  const spacing = places > 1 ? length / (places - 1) : Number.POSITIVE_INFINITY;
  const chosen: number[] = [];
  for (let place = 0; place < places; place++) {
    const path = places > 1 ? place * spacing : 0;
    const last = chosen.at(-1) ?? -1;
    const near = samples.flatMap((sample, i) => (i > last ? [{ i, off: Math.abs(sample.path - path) / spacing }] : []));
    if (near.length === 0) break;
    const around = near.filter(({ off }) => off <= LEEWAY || places === 1);
    const best =
      around.length > 0
        ? around.reduce((a, b) => (samples[b.i]!.sharpness > samples[a.i]!.sharpness ? b : a))
        : near.reduce((a, b) => (b.off < a.off ? b : a));
    chosen.push(best.i);
  }
  return chosen;
}
