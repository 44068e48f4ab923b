import { joinPath, pathContent } from "#platform";
import { InputError } from "../core/errors.ts";
import { findColmapModel, openColmapMap } from "./colmap-map.ts";
import type { PhotoPlaces } from "./find-map-photo.ts";
import type { PosedMap } from "./posed-map.ts";
import { openSceneMap } from "./scene-map.ts";

/**
 * Opens a map: the folder of a reconstruction, one of posed RGB-D photos with a `scene.json`, or one with a COLMAP model.
 * Photos and points are read when they are asked for. Throws an `InputError` or `FormatError` that names the file.
 */
export async function openMap(folder: string, photos?: string): Promise<PosedMap> {
  const places: PhotoPlaces = { map: folder, photos };
  if ((await pathContent(folder)).kind === "missing") throw new InputError(`${folder}: there is no such folder`);
  const scene = await pathContent(joinPath(folder, "scene.json"));
  if (scene.kind === "file") return openSceneMap(places);
  const colmap = await findColmapModel(folder);
  if (colmap !== undefined) return openColmapMap(colmap, places);
  throw new InputError(
    `${folder}: not a map: neither a scene.json is there nor a COLMAP model (cameras, images and points3D, .bin or .txt)`,
  );
}
