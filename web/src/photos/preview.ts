import { grayOf } from "../../../src/images/video/gray-picture.ts";
import { sharpness } from "../../../src/images/video/sharpness.ts";
import type { Preview, TrayPhoto } from "./tray-photo.ts";

const LONG_SIDE = 640;
const QUALITY = 0.82;

/** A file as a photo for the tray; without a preview where the browser cannot decode it. */
export async function trayPhoto(file: File, id: string = crypto.randomUUID()): Promise<TrayPhoto> {
  return { id, file, turns: 0, preview: await previewOf(file).catch(() => null) };
}

async function previewOf(file: Blob): Promise<Preview> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale))) as [
    number,
    number,
  ];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser offers no 2D canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  const pixels = context.getImageData(0, 0, width, height);
  return { address: URL.createObjectURL(blob), width, height, sharpness: sharpness(grayOf(pixels)) };
}
