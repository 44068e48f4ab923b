import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeJpeg } from "#platform";
import { calibrationRows, poseRows } from "../src/formats/camera-matrices.ts";
import type { RgbdView } from "../src/rgbd/rgbd-view.ts";

/** Writes drawn views as photos in a folder, with a `scene.json` that says where they were taken, as `eval photos` reads it. */
export async function writeDrawnScene(folder: string, views: Iterable<RgbdView>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const images = [];
  for (const view of views) {
    const file: string = `${String(images.length).padStart(4, "0")}.jpg`;
    writeFileSync(join(folder, file), await encodeJpeg(view, 90));
    const { width, height, intrinsics, worldFromCam } = view;
    images.push({ file, width, height, K: calibrationRows(intrinsics), world_from_cam: poseRows(worldFromCam) });
  }
  writeFileSync(join(folder, "scene.json"), JSON.stringify({ units: "metres", images }));
}
