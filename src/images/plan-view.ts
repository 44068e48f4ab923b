import { InputError } from "../core/errors.ts";
import type { PixelMapping, Size } from "../core/view.ts";

/** How a photo is brought to a size that the network takes. */
export interface PlanOptions {
  /** Pixels along the long side (the side of the square where `square`). */
  readonly size?: number;
  /** Side of the network's patches: both sides of a view are multiples of it. */
  readonly patchSize?: number;
  /** Cut the center square, for networks trained on nothing else; by default only at size 224, as published. */
  readonly square?: boolean;
  /**
   * `keep` prepares a photo as published unless that would lose more than a tenth of its pixels, or bend its aspect by
   * more than a hundredth (small sizes are rounded to whole pixels). Then it takes, of the
   * two network sizes around the photo's shape, the closer one and cuts what sticks out along one axis: a square photo
   * stays square, and a photo thinner than 4:1 has at least one patch along the short side, while its long side may grow
   * past `size`, up to what a square photo would cost.
   *
   * `reference` repeats the published preprocessing for all: a square photo loses a quarter of its rows.
   */
  readonly fit?: "keep" | "reference";
}

/** The published 512 models, and no pixels lost without need. */
const PLAN_DEFAULTS: Omit<PlanSettings, "square"> = { size: 512, patchSize: 16, fit: "keep" };

/** Every option decided. */
export type PlanSettings = Required<PlanOptions>;

/** Where a view's pixels come from. */
export interface ViewPlan extends Size {
  readonly originalFromNetwork: PixelMapping;
}

/** The options with their defaults; an `InputError` when no view of that size can be made of such patches. */
export function planSettings(options: PlanOptions): PlanSettings {
  const settings = { ...PLAN_DEFAULTS, square: (options.size ?? PLAN_DEFAULTS.size) === 224, ...options };
  const { size, patchSize, square } = settings;
  if (!Number.isInteger(size) || size < patchSize || (square && size % patchSize !== 0)) {
    const expected = square ? `a multiple of the network's patch, ${patchSize}` : `an integer of at least ${patchSize}`;
    throw new InputError(`size ${size}: ${expected} is expected`);
  }
  return settings;
}

/** Plans the view of a photo of `original` size; an `InputError` when it is too small or too thin. */
export function planView(original: Size, options: PlanOptions = {}): ViewPlan {
  const settings = planSettings(options);
  const { patchSize } = settings;
  if (Math.min(original.width, original.height) < patchSize) {
    throw new InputError(`too small: ${describe(original)}, at least ${patchSize}x${patchSize} pixels are expected`);
  }
  const published = reference(original, settings);
  if (settings.fit === "keep" && !settings.square && !isFaithful(published, original)) return keep(original, settings);
  if (published.width === 0 || published.height === 0) {
    throw new InputError(`too thin: ${describe(original)} leaves nothing at size ${settings.size}`);
  }
  return published;
}

/** Whether a view shows nearly all of its photo, nearly undistorted. */
function isFaithful({ width, height, originalFromNetwork: { scaleX, scaleY } }: ViewPlan, original: Size): boolean {
  const share = (width * scaleX * height * scaleY) / (original.width * original.height);
  return share >= 0.9 && Math.abs(scaleX / scaleY - 1) <= 0.01;
}

function keep(original: Size, settings: PlanSettings): ViewPlan {
  const target = closestSize(original, settings);
  const scale = Math.min(original.width / target.width, original.height / target.height);
  const offset = (from: number, to: number) => (from - to * scale) / 2 + 0.5 * scale - 0.5;
  const originalFromNetwork = {
    scaleX: scale,
    scaleY: scale,
    offsetX: offset(original.width, target.width),
    offsetY: offset(original.height, target.height),
  };
  return { ...target, originalFromNetwork };
}

function closestSize(original: Size, { size, patchSize }: PlanSettings): Size {
  const aspect = Math.max(original.width, original.height) / Math.min(original.width, original.height);
  const patches = Math.floor(size / patchSize);
  const short = closestInteger(patches / aspect);
  // Along a few patches, a part of one is a large share.
  const long = aspect > 4 ? closestInteger(short * aspect) : patches;
  if (long * short > patches ** 2) {
    throw new InputError(`too thin: ${describe(original)}, at most ${patches ** 2}:1 is possible at size ${size}`);
  }
  const [width, height] = original.width >= original.height ? [long, short] : [short, long];
  return { width: width * patchSize, height: height * patchSize };
}

/** The positive integer nearest to `x` as a ratio. */
function closestInteger(x: number): number {
  const below = Math.floor(x);
  return x * x <= below * (below + 1) ? below : below + 1;
}

function reference(original: Size, { size, patchSize, square }: PlanSettings): ViewPlan {
  const { width, height } = original;
  const long = Math.max(width, height);
  const target = square ? roundHalfEven(size * Math.max(width / height, height / width)) : size;
  const resized = {
    width: roundHalfEven((width * target) / long),
    height: roundHalfEven((height * target) / long),
  };
  const centerX = Math.floor(resized.width / 2);
  const centerY = Math.floor(resized.height / 2);
  const wholePatches = (half: number) => (Math.floor((2 * half) / patchSize) * patchSize) / 2;
  const halfX = square ? Math.min(centerX, centerY) : wholePatches(centerX);
  let halfY = square ? halfX : wholePatches(centerY);
  if (!square && resized.width === resized.height) halfY = wholePatches((3 * halfX) / 4);
  const scaleX = width / resized.width;
  const scaleY = height / resized.height;
  const originalFromNetwork = {
    scaleX,
    scaleY,
    offsetX: (centerX - halfX + 0.5) * scaleX - 0.5,
    offsetY: (centerY - halfY + 0.5) * scaleY - 0.5,
  };
  return { width: 2 * halfX, height: 2 * halfY, originalFromNetwork };
}

/** Python's `round`: halves go to the even neighbor. */
export function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function describe({ width, height }: Size): string {
  return `${width}x${height}`;
}
