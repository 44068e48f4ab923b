import { joinPath, pathContent } from "#platform";
import { InputError } from "../../core/errors.ts";
import { readDepthPng } from "../depth-png.ts";
import type { DepthSample } from "./depth-sample.ts";

/** Uhrig et al. 2017: meters are codes / 256. */
const METERS = 1 / 256;

/**
 * The validation crops of KITTI's depth prediction benchmark: `image/` and `groundtruth_depth/` of
 * `depth_selection/val_selection_cropped`, 1216 × 352 pixels, semi-dense laser depth.
 */
export async function kittiSamples(folder: string): Promise<readonly DepthSample[]> {
  const images = await pathContent(joinPath(folder, "image"));
  const files = images.kind === "folder" ? images.files.filter((file) => file.endsWith(".png")).sort() : [];
  if (files.length === 0) {
    throw new InputError(`${folder}: no image/*.png; KITTI's depth_selection/val_selection_cropped is expected`);
  }
  return files.map((photo) => {
    const name = photo.split(/[\\/]/).at(-1)!;
    const depth = joinPath(folder, "groundtruth_depth", name.replace("_image_", "_groundtruth_depth_"));
    return { id: name.replace(/\.png$/, ""), photo, truth: () => readDepthPng(depth, METERS) };
  });
}
