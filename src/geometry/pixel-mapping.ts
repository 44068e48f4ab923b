import type { Intrinsics } from "../core/camera.ts";
import type { PixelMapping, Size } from "../core/view.ts";

/** Intrinsics of the network's image, expressed in pixels of the original photo. */
export function originalIntrinsics({ fx, fy, cx, cy }: Intrinsics, mapping: PixelMapping): Intrinsics {
  const { scaleX, scaleY, offsetX, offsetY } = mapping;
  return { fx: fx * scaleX, fy: fy * scaleY, cx: cx * scaleX + offsetX, cy: cy * scaleY + offsetY };
}

/** Intrinsics of the original photo, expressed in pixels of the network's image. */
export function networkIntrinsics(intrinsics: Intrinsics, mapping: PixelMapping): Intrinsics {
  return originalIntrinsics(intrinsics, inverseMapping(mapping));
}

/** The mapping from original pixels to network pixels: `network = scale * original + offset`. */
export function inverseMapping({ scaleX, scaleY, offsetX, offsetY }: PixelMapping): PixelMapping {
  return { scaleX: 1 / scaleX, scaleY: 1 / scaleY, offsetX: -offsetX / scaleX, offsetY: -offsetY / scaleY };
}

/** From the pixels of a picture of one size to those of a copy of another, of which both show the same to the edges. */
export function resizedMapping(from: Size, to: Size): PixelMapping {
  const [scaleX, scaleY] = [to.width / from.width, to.height / from.height];
  return { scaleX, scaleY, offsetX: 0.5 * scaleX - 0.5, offsetY: 0.5 * scaleY - 0.5 };
}

/** The mapping that goes from pixels through one mapping and then through another. */
export function joinedMapping(first: PixelMapping, second: PixelMapping): PixelMapping {
  return {
    scaleX: second.scaleX * first.scaleX,
    scaleY: second.scaleY * first.scaleY,
    offsetX: second.scaleX * first.offsetX + second.offsetX,
    offsetY: second.scaleY * first.offsetY + second.offsetY,
  };
}

/** Pixel coordinates `[n, 2]` (x, y) through a mapping, as a new list. */
export function mapPixels(pixels: Float32Array, mapping: PixelMapping): Float32Array {
  const { scaleX, scaleY, offsetX, offsetY } = mapping;
  const mapped = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 2) {
    mapped[i] = scaleX * pixels[i]! + offsetX;
    mapped[i + 1] = scaleY * pixels[i + 1]! + offsetY;
  }
  return mapped;
}
