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

function resample(map: Float32Array, { width, height, original, originalFromNetwork }: View, blend: Blend) {
  const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
  const columns = taps(original.width, width, (x) => (x - offsetX) / scaleX);
  const rows = taps(original.height, height, (y) => (y - offsetY) / scaleY);
  const result = new Float32Array(original.width * original.height);
  for (let y = 0; y < original.height; y++) {
    const top = rows.first[y]!;
    if (top < 0) continue;
    const upper = top * width;
    const lower = Math.min(top + 1, height - 1) * width;
    for (let x = 0; x < original.width; x++) {
      const left = columns.first[x]!;
      if (left < 0) continue;
      const right = Math.min(left + 1, width - 1);
      result[y * original.width + x] = blend(
        map[upper + left]!,
        map[upper + right]!,
        map[lower + left]!,
        map[lower + right]!,
        columns.fraction[x]!,
        rows.fraction[y]!,
      );
    }
  }
  return result;
}

/** Per original coordinate the network pixel before it, -1 outside of the crop, and how far it lies towards the next. */
function taps(count: number, size: number, networkFromOriginal: (coordinate: number) => number) {
  const first = new Int32Array(count);
  const fraction = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const position = networkFromOriginal(i);
    // The outermost pixels reach half a pixel beyond their centres.
    const inside = position >= -0.5 && position <= size - 0.5;
    const clamped = Math.min(Math.max(position, 0), size - 1);
    first[i] = inside ? Math.floor(clamped) : -1;
    fraction[i] = clamped - Math.floor(clamped);
  }
  return { first, fraction };
}
