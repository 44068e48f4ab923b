import { encodeJpeg } from "#platform";
import { encodeExr } from "../formats/exr-writer.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { writeFile } from "./prepare-frames.ts";
import { encodeCamera } from "./write-camera.ts";

/** Writes a prepared frame in three files of one name, as `readPhotoExrCamera` reads it; the camera last. */
export async function writePhotoExrCamera(stem: string, view: RgbdView): Promise<void> {
  const { width, height, depth } = view;
  await writeFile(`${stem}.jpg`, await encodeJpeg(view));
  await writeFile(`${stem}.exr`, encodeExr({ width, height, channels: new Map([["Y", depth]]) }));
  await writeFile(`${stem}.npz`, encodeCamera("cam2world", view));
}
