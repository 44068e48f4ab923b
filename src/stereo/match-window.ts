/** Where a window is sampled, relative to its pixel. */
export interface MatchWindow {
  /** Largest offset, in pixels. */
  readonly radius: number;
  readonly offsets: readonly (readonly [dx: number, dy: number])[];
  /** Weight of each offset by its distance. */
  readonly weights: readonly number[];
}

const RADIUS = 4;
const STEP = 2;
/** Standard deviation of the weights, in pixels. */
const SPREAD = 4;
/** How fast weights fall with the difference of a sample's brightness from the pixel's, of 255. */
const BRIGHTNESS_SPREAD = 18;

/** Every second pixel in a square of nine. */
export const MATCH_WINDOW: MatchWindow = squareWindow();

/** Weights by the difference of brightness, 0 to 255: a window counts what is likely of the same surface (bilateral). */
export const BRIGHTNESS_WEIGHTS: Float32Array = Float32Array.from({ length: 256 }, (_, difference) =>
  Math.exp(-difference / BRIGHTNESS_SPREAD),
);

function squareWindow(): MatchWindow {
  const offsets: [number, number][] = [];
  for (let dy = -RADIUS; dy <= RADIUS; dy += STEP) {
    for (let dx = -RADIUS; dx <= RADIUS; dx += STEP) offsets.push([dx, dy]);
  }
  const weights = offsets.map(([dx, dy]) => Math.exp(-0.5 * ((dx * dx + dy * dy) / SPREAD ** 2)));
  return { radius: RADIUS, offsets, weights };
}
