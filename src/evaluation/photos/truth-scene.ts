import { joinPath } from "#platform";
import { FormatError } from "../../core/errors.ts";
import type { Size } from "../../core/view.ts";
import { readSceneFile, type SceneFile, type SceneFileImage } from "../../scene-file/read-scene-file.ts";
import type { StoredMap } from "../../scene-file/scene-format.ts";
import { readStoredMap } from "../../scene-file/stored-map.ts";
import type { DepthMap } from "../metrics/depth-errors.ts";
import { cameraExtent } from "../metrics/pose-errors.ts";

/** Photos with ground truth: a folder with a `scene.json`. */
export interface TruthScene extends Pick<SceneFile, "kind" | "images"> {
  readonly folder: string;
  readonly name: string;
  /** Largest distance between two of its cameras; 0 where there are no poses. */
  readonly extent: number;
}

/** Reads and checks a scene's ground truth; an `InputError` or `FormatError` says what is wrong with it. */
export async function readTruthScene(folder: string): Promise<TruthScene> {
  const { path, kind, images, ...scene } = await readSceneFile(joinPath(folder, "scene.json"));
  for (const image of images) checkPrincipalPoint(image, path);
  const name = scene.name ?? folder.split(/[\\/]/).findLast((part) => part !== "") ?? "photos";
  const extent = cameraExtent(images.flatMap(({ camFromWorld }) => camFromWorld ?? []));
  return { folder, name, kind, images, extent };
}

/** Reads a map of the truth; it must have the size of its photo. */
export async function readTruthMap(folder: string, map: StoredMap, { width, height }: Size): Promise<DepthMap> {
  return { width, height, depth: await readStoredMap(folder, map, { width, height }) };
}

function checkPrincipalPoint({ file, width, height, intrinsics }: SceneFileImage, path: string): void {
  if (intrinsics === null) return;
  const { cx, cy } = intrinsics;
  if (cx >= 0 && cx <= width && cy >= 0 && cy <= height) return;
  throw new FormatError(
    `${path}, ${file}`,
    `K has its principal point outside of the ${width}x${height} photo: it is of another size`,
  );
}
