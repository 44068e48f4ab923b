import type { PlaneMap } from "../geometry/plane-map.ts";

/** Measured inverse depths at pixels of a map. */
export interface DepthAnchors {
  /** `[count]`, pixels of the map; not whole. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** `[count]`: one over the z-depth. */
  readonly inverseDepth: ArrayLike<number>;
}

/** Sums over anchors of 1, predicted p, measured m, p² and p m. */
const SUMS = 5;
/** Weight of what lies twice as far away, where there are anchors near. */
const FARTHER = 0.15;
/** How much a shift is mistrusted beside a scale. */
const SHIFT_RIDGE = 0.02;
/** Fewer anchors bend nothing. */
const LEAST_ANCHORS = 3;

/**
 * A predicted map bent to agree with measured anchors: its inverse depth p becomes s p + t, where the scale s and the shift t
 * are those that fit the anchors best, the near ones above all, and change smoothly. The map as it is when there are fewer
 * than three anchors on it.
 */
export function bendDepth(planes: PlaneMap, anchors: DepthAnchors): PlaneMap {
  const finest = sumsOf(planes, anchors);
  if (finest.count < LEAST_ANCHORS) return planes;
  const sums = gathered(finest);
  const { width, inverseDepth, slopeX, slopeY } = planes;
  const bent = { ...planes, inverseDepth: inverseDepth.slice(), slopeX: slopeX.slice(), slopeY: slopeY.slice() };
  for (let i = 0; i < inverseDepth.length; i++) {
    const p = inverseDepth[i]!;
    if (!(p > 0)) continue;
    const [scale, shift] = fit(sums.values, SUMS * i, p);
    bent.inverseDepth[i] = scale * p + shift;
    bent.slopeX[i] = scale * slopeX[i]!;
    bent.slopeY[i] = scale * slopeY[i]!;
  }
  return { ...bent, width };
}

interface SumsMap {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 5]`. */
  readonly values: Float64Array;
}

function sumsOf(
  { width, height, inverseDepth }: PlaneMap,
  anchors: DepthAnchors,
): SumsMap & { readonly count: number } {
  const values = new Float64Array(SUMS * width * height);
  let count = 0;
  for (let k = 0; k < anchors.x.length; k++) {
    const x = Math.max(0, Math.min(width - 1, Math.round(anchors.x[k]!)));
    const y = Math.max(0, Math.min(height - 1, Math.round(anchors.y[k]!)));
    const at = y * width + x;
    const p = inverseDepth[at]!;
    const m = anchors.inverseDepth[k]!;
    if (!(p > 0 && m > 0)) continue;
    count++;
    const terms = [1, p, m, p * p, p * m];
    for (let j = 0; j < SUMS; j++) values[SUMS * at + j]! += terms[j]!;
  }
  // Many anchors in one pixel say little more than one.
  for (let at = 0; at < values.length; at += SUMS) {
    const factor = values[at]! > 1 ? 1 / values[at]! : 1;
    for (let j = 0; j < SUMS; j++) values[at + j]! *= factor;
  }
  return { width, height, values, count };
}

/** Every pixel's sums with those of ever larger surroundings, ever lighter. */
function gathered(map: SumsMap): SumsMap {
  const { width, height } = map;
  if (width === 1 && height === 1) return map;
  const coarse = gathered(shrunk(map));
  const values = map.values.slice();
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += SUMS) {
      const u = Math.max(0, Math.min(coarse.width - 1, x / 2 - 0.25));
      const v = Math.max(0, Math.min(coarse.height - 1, y / 2 - 0.25));
      const [left, top] = [Math.floor(u), Math.floor(v)];
      const [right, bottom] = [Math.min(left + 1, coarse.width - 1), Math.min(top + 1, coarse.height - 1)];
      const corners = [
        [top * coarse.width + left, (1 - u + left) * (1 - v + top)],
        [top * coarse.width + right, (u - left) * (1 - v + top)],
        [bottom * coarse.width + left, (1 - u + left) * (v - top)],
        [bottom * coarse.width + right, (u - left) * (v - top)],
      ] as const;
      for (const [from, weight] of corners) {
        for (let j = 0; j < SUMS; j++) values[at + j]! += FARTHER * weight * coarse.values[SUMS * from + j]!;
      }
    }
  }
  return { width, height, values };
}

/** At half the size, the sums of four each. */
function shrunk({ width, height, values }: SumsMap): SumsMap {
  const half = { width: (width + 1) >> 1, height: (height + 1) >> 1 };
  const sums = new Float64Array(SUMS * half.width * half.height);
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++, from += SUMS) {
      const to = SUMS * ((y >> 1) * half.width + (x >> 1));
      for (let j = 0; j < SUMS; j++) sums[to + j]! += values[from + j]!;
    }
  }
  return { ...half, values: sums };
}

/** Scale and shift by least squares, the shift damped; a scale alone where they would turn depth over or behind the camera. */
function fit(sums: Float64Array, at: number, predicted: number): readonly [scale: number, shift: number] {
  const [n, p, m, pp, pm] = [sums[at]!, sums[at + 1]!, sums[at + 2]!, sums[at + 3]!, sums[at + 4]!];
  const damped = n * (1 + SHIFT_RIDGE);
  const determinant = pp * damped - p * p;
  const ratio = pp > 0 ? pm / pp : 1;
  if (!(determinant > 0)) return [ratio, 0];
  const scale = (pm * damped - p * m) / determinant;
  const shift = (pp * m - p * pm) / determinant;
  const isSound = scale > 0.3 * ratio && scale < 3 * ratio && scale * predicted + shift > 0.3 * ratio * predicted;
  return isSound ? [scale, shift] : [ratio, 0];
}
