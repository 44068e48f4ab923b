import type { DenseMap } from "../core/dense-scene.ts";
import type { SceneImage } from "../core/scene.ts";
import { upperMedian } from "../core/upper-median.ts";
import type { View } from "../core/view.ts";
import { type Deflate, encodePng16 } from "../formats/png16.ts";
import type { ImageMaps } from "../scene-file/scene-json.ts";
import { originalConfidence, originalDepth } from "./original-pixels.ts";

const LARGEST_CODE = 65535;
/** An outlier at the horizon must not cost near depth its precision. */
const LARGEST_TO_MEDIAN = 100;

/**
 * What one step of a 16-bit map stands for: `value = scale * code`, code 0 is "nothing here". The range ends at the
 * largest value of `map` (network resolution), or at 100 times its median where that is less: whatever lies beyond
 * is stored as 65535. So a step is never more than 0.16 % of the median.
 */
export function mapScale(map: Float32Array): number {
  const positive = map.filter((value) => value > 0);
  if (positive.length === 0) return 1;
  const median = upperMedian(positive)!;
  const largest = positive.reduce((most, value) => Math.max(most, value));
  return Math.min(largest, LARGEST_TO_MEDIAN * median) / LARGEST_CODE;
}

/** The depth and confidence maps of an image, by the NAME that is its own, and where measured depth comes from. */
export function imageMaps({ depth, confidence }: SceneImage, name: string, dense?: DenseMap): ImageMaps {
  return {
    depth: { file: `depth/${name}.png`, scale: mapScale(dense?.depth ?? depth) },
    confidence: { file: `confidence/${name}.png`, scale: mapScale(confidence) },
    ...(dense && { source: { file: `source/${name}.png`, scale: 1 } }),
  };
}

/** `depth/NAME.png`: z-depth at the original photo's resolution, in units of `mapScale(image.depth)`. */
export function encodeDepthMap(image: SceneImage, view: View, deflate?: Deflate): Promise<Uint8Array> {
  return encodeMap(originalDepth(image.depth, view), mapScale(image.depth), { view, deflate });
}

/** `confidence/NAME.png`: confidence at the original photo's resolution, in units of `mapScale(image.confidence)`. */
export function encodeConfidenceMap(image: SceneImage, view: View, deflate?: Deflate): Promise<Uint8Array> {
  return encodeMap(originalConfidence(image.confidence, view), mapScale(image.confidence), { view, deflate });
}

function encodeMap(
  values: Float32Array,
  scale: number,
  { view: { original }, deflate }: { readonly view: View; readonly deflate: Deflate | undefined },
): Promise<Uint8Array> {
  const data = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value > 0) data[i] = Math.min(Math.max(Math.round(value / scale), 1), LARGEST_CODE);
  }
  return encodePng16({ width: original.width, height: original.height, data }, deflate);
}
