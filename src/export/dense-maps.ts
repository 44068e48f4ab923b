import type { DenseMap } from "../core/dense-scene.ts";
import type { SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { type Deflate, encodePng16 } from "../formats/png16.ts";
import { resizedMapping } from "../geometry/pixel-mapping.ts";

/** An image and its view as they would be if the network had seen the photo at the size of a dense map, with its depth. */
export function atDenseSize(
  image: SceneImage,
  view: View,
  { width, height, depth }: DenseMap,
): { readonly image: SceneImage; readonly view: View } {
  const size = { width, height };
  return {
    image: { ...image, ...size, depth },
    view: { ...view, ...size, originalFromNetwork: resizedMapping(size, view.original) },
  };
}

/** `source/NAME.png`: `originalSource` as a picture. */
export function encodeSourceMap(map: DenseMap, view: View, deflate?: Deflate): Promise<Uint8Array> {
  return encodePng16({ ...view.original, data: Uint16Array.from(originalSource(map, view)) }, deflate);
}

/** `[height, width]` of the original photo: where the depth of each pixel comes from, 1 not measured, 2 stereo, 0 nowhere. */
export function originalSource(map: DenseMap, { original }: Pick<View, "original">): Uint8Array {
  const { scaleX, scaleY, offsetX, offsetY } = resizedMapping(original, map);
  const data = new Uint8Array(original.width * original.height);
  for (let y = 0, i = 0; y < original.height; y++) {
    const row = Math.max(0, Math.min(map.height - 1, Math.round(scaleY * y + offsetY))) * map.width;
    for (let x = 0; x < original.width; x++, i++) {
      data[i] = map.source[row + Math.max(0, Math.min(map.width - 1, Math.round(scaleX * x + offsetX)))]!;
    }
  }
  return data;
}
