import type { RgbImage } from "../../core/rgb-image.ts";
import type { Size } from "../../core/view.ts";

/** A picture and where it goes on a canvas, in pixels of the canvas. */
export interface PlacedPicture extends Size {
  readonly picture: RgbImage;
  readonly left: number;
  readonly top: number;
}

/** Pictures on a black canvas, and an SVG drawing of the canvas' size over them. */
export interface Canvas extends Size {
  readonly pictures: readonly PlacedPicture[];
  readonly svg: string;
}

/** The bytes of a canvas as a picture file. */
export async function encodeCanvas(canvas: Canvas, format: "jpeg" | "png"): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const { width, height, pictures, svg } = canvas;
  const layers = pictures.map(async ({ picture, left, top, ...size }) => {
    const raw = { width: picture.width, height: picture.height, channels: 3 } as const;
    const input = await sharp(picture.rgb, { raw, limitInputPixels: false })
      .resize({ ...size, fit: "fill" })
      .png({ compressionLevel: 1 })
      .toBuffer();
    return { input, left, top };
  });
  const drawing = { input: Buffer.from(svg), left: 0, top: 0 };
  return await sharp({ create: { width, height, channels: 3, background: "black" } })
    .composite([...(await Promise.all(layers)), drawing])
    .toFormat(format, { quality: 90 })
    .toBuffer();
}
