import { joinPath, listFolders, pathContent } from "#platform";
import { InputError } from "../../core/errors.ts";
import { readDepthPng } from "../depth-png.ts";
import type { DepthSample } from "./depth-sample.ts";

const METERS = 1e-3;

/**
 * The 654 labeled test photos of NYU Depth v2 as `official_splits/test` distributes them: per kind of room a folder of
 * `rgb_NNNNN.jpg` with `sync_depth_NNNNN.png` in millimeters.
 */
export async function nyuSamples(folder: string): Promise<readonly DepthSample[]> {
  const samples: DepthSample[] = [];
  for (const room of await listFolders(folder)) {
    const content = await pathContent(joinPath(folder, room));
    const files = content.kind === "folder" ? content.files : [];
    for (const photo of files.filter((file) => /rgb_\d+\.(jpg|png)$/.test(file)).sort()) {
      const depth = photo.replace(/rgb_(\d+)\.\w+$/, "sync_depth_$1.png");
      const id = `${room}/${photo.split(/[\\/]/).at(-1)}`;
      samples.push({ id, photo, truth: () => readDepthPng(depth, METERS) });
    }
  }
  if (samples.length > 0) return samples;
  throw new InputError(`${folder}: no ROOM/rgb_NNNNN.jpg; official_splits/test of NYU Depth v2 is expected`);
}
