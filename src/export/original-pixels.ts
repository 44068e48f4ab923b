import type { View } from "../core/view.ts";
import { type Blend, blendLinear, blendSurface } from "../geometry/surface-depth.ts";

/**
 * A depth map at network resolution, `[height, width]`, at the resolution of the original photo, as `blendSurface`
 * has it between pixels. 0 outside of the network's crop.
 */
export function originalDepth(depth: Float32Array, view: View): Float32Array {
  return resample(depth, view, blendSurface);
}

/** A confidence map at network resolution, bilinearly interpolated; 0 outside of the network's crop. */
export function originalConfidence(confidence: Float32Array, view: View): Float32Array {
  return resample(confidence, view, blendLinear);
}

/** Runs of original pixels between the same four neighbors share all but a step along the row: photos are much larger. */
function resample(map: Float32Array, { width, height, original, originalFromNetwork }: View, blend: Blend) {
  const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
  const columns = taps(original.width, width, (x) => (x - offsetX) / scaleX);
  const rows = taps(original.height, height, (y) => (y - offsetY) / scaleY);
  const runs = runsOf(columns.first);
  const result = new Float32Array(original.width * original.height);
  for (let y = 0; y < original.height; y++) {
    const top = rows.first[y]!;
    if (top < 0) continue;
    const [upper, lower] = [top * width, Math.min(top + 1, height - 1) * width];
    const down = rows.fraction[y]!;
    const row = y * original.width;
    for (const { left, from, to } of runs) {
      const right = Math.min(left + 1, width - 1);
      const [a, b, c, d] = [map[upper + left]!, map[upper + right]!, map[lower + left]!, map[lower + right]!];
      if (blend.joins(a, b, c, d)) {
        const { linear } = blend;
        const start = (1 - down) * linear(a) + down * linear(c);
        const change = (1 - down) * linear(b) + down * linear(d) - start;
        for (let x = from; x < to; x++) result[row + x] = linear(start + columns.fraction[x]! * change);
      } else {
        const [near, far] = down < 0.5 ? [a, b] : [c, d];
        for (let x = from; x < to; x++) result[row + x] = columns.fraction[x]! < 0.5 ? near : far;
      }
    }
  }
  return result;
}

interface Run {
  /** The network pixel before all pixels of the run. */
  readonly left: number;
  readonly from: number;
  readonly to: number;
}

/** Neighboring original pixels with the same network pixel before them; those outside of the crop are in none. */
function runsOf(first: Int32Array): Run[] {
  const runs: Run[] = [];
  for (let from = 0; from < first.length; ) {
    let to = from + 1;
    while (to < first.length && first[to] === first[from]) to++;
    if (first[from]! >= 0) runs.push({ left: first[from]!, from, to });
    from = to;
  }
  return runs;
}

/** Per original coordinate the network pixel before it, -1 outside of the crop, and how far it lies toward the next. */
function taps(count: number, size: number, networkFromOriginal: (coordinate: number) => number) {
  const first = new Int32Array(count);
  const fraction = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const position = networkFromOriginal(i);
    // The outermost pixels reach half a pixel beyond their centers.
    const inside = position >= -0.5 && position <= size - 0.5;
    const clamped = Math.min(Math.max(position, 0), size - 1);
    first[i] = inside ? Math.floor(clamped) : -1;
    fraction[i] = clamped - Math.floor(clamped);
  }
  return { first, fraction };
}
