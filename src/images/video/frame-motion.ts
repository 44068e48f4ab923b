import { upperMedian } from "../../core/upper-median.ts";
import { type GrayPicture, halved } from "./gray-picture.ts";

/** How two frames of a video differ, as shares of the picture's width. */
export interface FrameMotion {
  /** What all of the picture has moved by: a turn of the camera does it as well as a step. */
  readonly shift: number;
  /** How differently its parts have moved, beyond shift and roll: what only a step does, and what depth is seen by. */
  readonly parallax: number;
}

/** Windows are compared, 2 · RADIUS + 1 pixels wide at each of the sizes. */
const RADIUS = 4;
/** How far they are looked for at the smallest size, a quarter: 24 pixels of 160. */
const REACH = 6;
const COLUMNS = 8;
const ROWS = 6;
/** A window whose gray values deviate by less from their mean looks the same everywhere. */
const LEAST_DEVIATION = 4;

/** A place of a picture relative to its middle, and how far what it shows has moved, in pixels. */
type Flow = readonly [x: number, y: number, dx: number, dy: number];

/**
 * How the second frame differs from the first, of the same size (160 pixels wide or so): windows on a grid are found again from a
 * quarter of the size to the whole, then what a shift and a roll explain is taken off.
 */
export function frameMotion(first: GrayPicture, second: GrayPicture): FrameMotion {
  const flows = windowFlows(pyramid(first), pyramid(second));
  if (flows.length === 0) return { shift: 0, parallax: 0 };
  const shiftX = upperMedian(flows.map(([, , dx]) => dx))!;
  const shiftY = upperMedian(flows.map(([, , , dy]) => dy))!;
  let [turn, radii] = [0, 0];
  for (const [x, y, dx, dy] of flows) {
    turn += x * (dy - shiftY) - y * (dx - shiftX);
    radii += x * x + y * y;
  }
  const roll = radii === 0 ? 0 : turn / radii;
  const rests = flows.map(([x, y, dx, dy]) => Math.hypot(dx - shiftX + roll * y, dy - shiftY - roll * x));
  const parallax = rests.reduce((sum, rest) => sum + rest, 0) / rests.length;
  return { shift: Math.hypot(shiftX, shiftY) / first.width, parallax: parallax / first.width };
}

function pyramid(picture: GrayPicture): readonly [GrayPicture, GrayPicture, GrayPicture] {
  const half = halved(picture);
  return [picture, half, halved(half)];
}

function windowFlows(first: readonly GrayPicture[], second: readonly GrayPicture[]): Flow[] {
  const { width, height } = first[0]!;
  const flows: Flow[] = [];
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      const x = ((column + 0.5) * width) / COLUMNS;
      const y = ((row + 0.5) * height) / ROWS;
      let [dx, dy] = [0, 0];
      let isFound = true;
      for (let level = first.length - 1; isFound && level >= 0; level--) {
        const scale = 2 ** level;
        const at = [Math.round(x / scale), Math.round(y / scale)] as const;
        const reach = level === first.length - 1 ? REACH : 1;
        const found = findWindow(first[level]!, second[level]!, at, [2 * dx, 2 * dy], reach);
        isFound = found !== null;
        if (found) [dx, dy] = found;
      }
      if (isFound) flows.push([x - width / 2, y - height / 2, dx, dy]);
    }
  }
  return flows;
}

/** By how much a window has moved, tried around a guess; null where it leaves the picture or shows nothing to tell it by. */
function findWindow(
  first: GrayPicture,
  second: GrayPicture,
  [x, y]: readonly [number, number],
  [guessX, guessY]: readonly [number, number],
  reach: number,
): readonly [number, number] | null {
  if (!holds(first, x, y) || deviation(first, x, y) < LEAST_DEVIATION) return null;
  let best: readonly [number, number] | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let dy = guessY - reach; dy <= guessY + reach; dy++) {
    for (let dx = guessX - reach; dx <= guessX + reach; dx++) {
      if (!holds(second, x + dx, y + dy)) continue;
      const cost = difference(first, second, [x, y], [x + dx, y + dy]);
      if (cost >= least) continue;
      least = cost;
      best = [dx, dy];
    }
  }
  return best;
}

function holds({ width, height }: GrayPicture, x: number, y: number): boolean {
  return x >= RADIUS && y >= RADIUS && x < width - RADIUS && y < height - RADIUS;
}

function deviation(picture: GrayPicture, x: number, y: number): number {
  const { width, pixels } = picture;
  const mean = windowMean(picture, x, y);
  let squares = 0;
  for (let v = y - RADIUS; v <= y + RADIUS; v++)
    for (let u = x - RADIUS; u <= x + RADIUS; u++) squares += (pixels[v * width + u]! - mean) ** 2;
  return Math.sqrt(squares) / (2 * RADIUS + 1);
}

/** Sum of absolute differences of two windows, each less its mean, so that exposure does not matter. */
function difference(
  first: GrayPicture,
  second: GrayPicture,
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
): number {
  const offset = windowMean(first, x1, y1) - windowMean(second, x2, y2);
  let sum = 0;
  for (let v = -RADIUS; v <= RADIUS; v++) {
    const [row1, row2] = [(y1 + v) * first.width + x1, (y2 + v) * second.width + x2];
    for (let u = -RADIUS; u <= RADIUS; u++)
      sum += Math.abs(first.pixels[row1 + u]! - second.pixels[row2 + u]! - offset);
  }
  return sum;
}

function windowMean({ width, pixels }: GrayPicture, x: number, y: number): number {
  let sum = 0;
  for (let v = y - RADIUS; v <= y + RADIUS; v++)
    for (let u = x - RADIUS; u <= x + RADIUS; u++) sum += pixels[v * width + u]!;
  return sum / (2 * RADIUS + 1) ** 2;
}
