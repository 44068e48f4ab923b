import { orientedJpeg } from "./jpeg-orientation.ts";
import type { TrayPhoto, Turns } from "./tray-photo.ts";

/**
 * The photo's file with the user's turns in it: a JPEG keeps its pixels and gets another EXIF orientation; anything else, and a
 * JPEG whose EXIF data have no place for one, is written anew as PNG.
 */
export async function rotatedFile({ file, turns }: TrayPhoto): Promise<File> {
  if (turns === 0) return file;
  const { name, lastModified } = file;
  const jpeg = orientedJpeg(new Uint8Array(await file.arrayBuffer()), turns);
  if (jpeg) return new File([jpeg], name, { type: "image/jpeg", lastModified });
  return new File([await redrawn(file, turns)], `${name.replace(/\.\w+$/, "")}.png`, {
    type: "image/png",
    lastModified,
  });
}

async function redrawn(file: Blob, turns: Turns): Promise<Blob> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const { width, height } = bitmap;
  const lies = turns % 2 === 1;
  const canvas = new OffscreenCanvas(lies ? height : width, lies ? width : height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser offers no 2D canvas");
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((turns * Math.PI) / 2);
  context.drawImage(bitmap, -width / 2, -height / 2);
  bitmap.close();
  return await canvas.convertToBlob({ type: "image/png" });
}
