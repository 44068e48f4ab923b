import { decodeImage } from "#platform";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { checkedView } from "./checked-view.ts";
import { readNpzCamera } from "./read-camera.ts";
import { readExrDepth } from "./read-depth.ts";

/** A prepared frame in three files of one name: `.jpg`, depth in `.exr`, the camera in `.npz`. */
export async function readPhotoExrCamera(stem: string): Promise<RgbdView> {
  const camera = await readNpzCamera(`${stem}.npz`);
  const depth = await readExrDepth(`${stem}.exr`);
  return checkedView(await decodeImage(`${stem}.jpg`), depth, camera, `${stem}.jpg`);
}
