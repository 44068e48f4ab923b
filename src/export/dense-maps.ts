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

/** `source/NAME.png`: where the depth of each original pixel comes from, 1 the network, 2 stereo, 0 nowhere. */
export function encodeSourceMap(map: DenseMap, { original }: View, deflate?: Deflate): Promise<Uint8Array> {
  const { scaleX, scaleY, offsetX, offsetY } = resizedMapping(original, map);
  const data = new Uint16Array(original.width * original.height);
  for (let y = 0, i = 0; y < original.height; y++) {
    const row = Math.max(0, Math.min(map.height - 1, Math.round(scaleY * y + offsetY))) * map.width;
    for (let x = 0; x < original.width; x++, i++) {
      data[i] = map.source[row + Math.max(0, Math.min(map.width - 1, Math.round(scaleX * x + offsetX)))]!;
    }
  }
  return encodePng16({ ...original, data }, deflate);
}
