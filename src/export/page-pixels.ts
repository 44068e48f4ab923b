import type { Intrinsics } from "../core/camera.ts";
import { type DenseMap, FROM_STEREO } from "../core/dense-scene.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { SceneImage } from "../core/scene.ts";
import type { Size, View } from "../core/view.ts";
import { inverseMapping, joinedMapping, originalIntrinsics, resizedMapping } from "../geometry/pixel-mapping.ts";
import { MEASURED_CODE } from "./report-data.ts";
import { viewPixels } from "./view-pixels.ts";

/** What a view shows of a photo, as the report page samples it. */
export interface PagePixels extends Size {
  readonly intrinsics: Intrinsics;
  /** `[height, width]`, 0 where there is none. */
  readonly depth: Float32Array;
  /** `[height, width]`: confidence codes; `MEASURED_CODE` where depth is measured. */
  readonly codes: Uint8Array;
  /** `[height, width, 3]`. */
  readonly rgb: Uint8Array;
}

/** The code of a confidence of the network's. */
export type CodeOf = (confidence: number) => number;

/** In the network's pixels, with its depth. */
export function networkPixels(image: SceneImage, view: View, codeOf: CodeOf): PagePixels {
  const { width, height, intrinsics, depth, confidence } = image;
  const codes = Uint8Array.from(confidence, codeOf);
  return { width, height, intrinsics, depth, codes, rgb: viewPixels(view).rgb };
}

/** How many pixels of a dense map a view shows. */
export function denseSize({ width, height, original, originalFromNetwork }: View, map: Size): Size {
  const { scaleX, scaleY } = originalFromNetwork;
  return {
    width: Math.max(1, Math.round((width * scaleX * map.width) / original.width)),
    height: Math.max(1, Math.round((height * scaleY * map.height) / original.height)),
  };
}

/**
 * In the pixels of a dense map. `picture` is the photo, upright and with straight lines, in the map's size; what the network saw of it
 * where it is not at hand.
 */
export function densePixels(
  image: SceneImage,
  view: View,
  { map, picture, codeOf }: { readonly map: DenseMap; readonly picture: RgbImage | undefined; readonly codeOf: CodeOf },
): PagePixels {
  const size = denseSize(view, map);
  const toNetwork = resizedMapping(size, view);
  const toMap = joinedMapping(
    joinedMapping(toNetwork, view.originalFromNetwork),
    inverseMapping(resizedMapping(map, view.original)),
  );
  const seen = viewPixels(view);
  const count = size.width * size.height;
  const [depth, codes, rgb] = [new Float32Array(count), new Uint8Array(count), new Uint8Array(3 * count)];
  for (let y = 0, i = 0; y < size.height; y++) {
    const networkRow = nearest(toNetwork.scaleY * y + toNetwork.offsetY, view.height) * view.width;
    const row = nearest(toMap.scaleY * y + toMap.offsetY, map.height) * map.width;
    for (let x = 0; x < size.width; x++, i++) {
      const networkPixel = networkRow + nearest(toNetwork.scaleX * x + toNetwork.offsetX, view.width);
      const pixel = row + nearest(toMap.scaleX * x + toMap.offsetX, map.width);
      depth[i] = map.depth[pixel]!;
      codes[i] = map.source[pixel] === FROM_STEREO ? MEASURED_CODE : codeOf(image.confidence[networkPixel]!);
      const [from, at] = picture ? [picture.rgb, pixel] : [seen.rgb, networkPixel];
      for (let k = 0; k < 3; k++) rgb[3 * i + k] = from[3 * at + k]!;
    }
  }
  const intrinsics = originalIntrinsics(image.intrinsics, inverseMapping(toNetwork));
  return { ...size, intrinsics, depth, codes, rgb };
}

function nearest(place: number, size: number): number {
  return Math.max(0, Math.min(size - 1, Math.round(place)));
}
