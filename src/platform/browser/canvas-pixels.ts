import type { RgbImage } from "../../core/rgb-image.ts";
import type { Size } from "../../core/size.ts";
import { type DecodedPhoto, photoOfPixels } from "../photo-pixels.ts";

/** Browsers of phones have no larger canvases than 16 megapixels, and give back empty ones instead. */
const PIXELS_AT_ONCE = 4e6;

/** The pixels of a decoded picture, brought to a size; read strip by strip. */
export function pixelsOfBitmap(bitmap: ImageBitmap, { width, height }: Size): DecodedPhoto {
  const values = new Uint8ClampedArray(4 * width * height);
  const rows = Math.min(height, Math.max(1, Math.floor(PIXELS_AT_ONCE / width)));
  const context = canvasContext({ width, height: rows });
  // Bitwise what is in the bitmap where nothing is reduced.
  context.globalCompositeOperation = "copy";
  const reduction = bitmap.height / height;
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top);
    context.drawImage(bitmap, 0, top * reduction, bitmap.width, count * reduction, 0, 0, width, count);
    values.set(context.getImageData(0, 0, width, count).data, 4 * width * top);
  }
  return photoOfPixels({ width, height, values, channels: 4 });
}

/** A canvas that shows a picture. */
export function canvasOf({ width, height, rgb }: RgbImage): OffscreenCanvas {
  const data = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let k = 0; k < 3; k++) data.data[4 * i + k] = rgb[3 * i + k]!;
    data.data[4 * i + 3] = 255;
  }
  const context = canvasContext({ width, height });
  context.putImageData(data, 0, 0);
  return context.canvas;
}

/** A canvas kept in memory, not on a graphics card that may round. */
export function canvasContext({ width, height }: Size): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true, colorSpace: "srgb" });
  if (context === null) throw new Error(`the browser gives no canvas of ${width}x${height} pixels`);
  context.imageSmoothingQuality = "high";
  return context;
}

/** The bytes of a canvas as a picture file; `quality` from 0 to 1, of JPEG. */
export async function encodeCanvas(
  canvas: OffscreenCanvas,
  format: "jpeg" | "png",
  quality?: number,
): Promise<Uint8Array> {
  const blob = await canvas.convertToBlob({ type: `image/${format}`, ...(quality === undefined ? {} : { quality }) });
  return new Uint8Array(await blob.arrayBuffer());
}
