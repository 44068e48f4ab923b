import type { Intrinsics } from "../core/camera.ts";
import type { Lens, Straightening } from "../core/lens.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/view.ts";
import { isInside, lensPixel } from "../geometry/lens.ts";
import { originalIntrinsics, resizedMapping } from "../geometry/pixel-mapping.ts";

/** The picture that a pinhole camera would have taken in the lens' place, bilinear; black where the lens saw nothing. */
export function undistort(image: RgbImage, lens: Lens, size: Size, intrinsics: Intrinsics): RgbImage {
  const rgb = new Uint8Array(3 * size.width * size.height);
  for (let v = 0, at = 0; v < size.height; v++) {
    for (let u = 0; u < size.width; u++, at += 3) {
      const source = lensPixel(lens, intrinsics, u, v);
      if (!isInside(image, source)) continue;
      const x = Math.max(0, Math.min(image.width - 1, source[0]));
      const y = Math.max(0, Math.min(image.height - 1, source[1]));
      const [left, top] = [Math.min(Math.floor(x), image.width - 2), Math.min(Math.floor(y), image.height - 2)];
      const [right, down] = [x - left, y - top];
      const from = 3 * (top * image.width + left);
      for (let c = from; c < from + 3; c++) {
        const upper = image.rgb[c]! * (1 - right) + image.rgb[c + 3]! * right;
        const lower = image.rgb[c + 3 * image.width]! * (1 - right) + image.rgb[c + 3 * image.width + 3]! * right;
        rgb[at + (c - from)] = Math.round(upper * (1 - down) + lower * down);
      }
    }
  }
  return { ...size, rgb };
}

/** A photo, or a reduced copy of all of it, with its lines made straight, at its own size. */
export function straighten(image: RgbImage, { lens, pinhole }: Straightening): RgbImage {
  const mapping = resizedMapping(lens, image);
  const scaled = (intrinsics: Intrinsics): Intrinsics => originalIntrinsics(intrinsics, mapping);
  const copy = { ...lens, width: image.width, height: image.height, intrinsics: scaled(lens.intrinsics) };
  return undistort(image, copy, { width: image.width, height: image.height }, scaled(pinhole));
}
