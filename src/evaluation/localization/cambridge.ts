import { joinPath, listFolders, readBytes } from "#platform";
import { InputError } from "../../core/errors.ts";
import type { ColmapImage } from "../../formats/colmap/model.ts";
import { pinholeIntrinsics } from "../../formats/colmap/pinhole.ts";
import { readCameras, readImages } from "../../formats/colmap/read-model.ts";
import { rigidPose } from "../../geometry/pose.ts";
import { rotationFromQuaternion } from "../../geometry/rotation.ts";
import { findColmapModel, openColmapMap } from "../../maps/colmap-map.ts";
import { readRows } from "../read-rows.ts";
import type { LocalizationScene, QueryPhoto } from "./localization-scene.ts";

const SCENES: ReadonlySet<string> = new Set([
  "GreatCourt",
  "KingsCollege",
  "OldHospital",
  "ShopFacade",
  "StMarysChurch",
]);
/** COLMAP models of photos reduced to 1024 pixels, which the makers of hloc distribute. */
const MODELS = "CambridgeLandmarks_Colmap_Retriangulated_1024px";

/**
 * Cambridge Landmarks (Kendall et al. 2015): `SCENE/` holds the photos as released, and
 * `CambridgeLandmarks_Colmap_Retriangulated_1024px/SCENE/` the map's model (`model_train`), the model with the true poses of all
 * (`empty_all`) and `list_query.txt`.
 */
export async function cambridgeLandmarks(folder: string): Promise<readonly LocalizationScene[]> {
  const names = (await listFolders(joinPath(folder, MODELS))).filter((name) => SCENES.has(name));
  if (names.length === 0)
    throw new InputError(`${folder}: no scenes in ${MODELS}/; Cambridge Landmarks with its models is expected`);
  return Promise.all(names.map((name) => readScene(folder, name)));
}

async function readScene(folder: string, name: string): Promise<LocalizationScene> {
  const models = joinPath(folder, MODELS, name);
  const paths = await findColmapModel(joinPath(models, "model_train"));
  if (paths === undefined) throw new InputError(`${models}: model_train holds no COLMAP model`);
  const map = () => openColmapMap(paths, { map: models, photos: joinPath(folder, name) });
  return { name, queries: await readQueries(folder, name), map };
}

async function readQueries(folder: string, scene: string): Promise<readonly QueryPhoto[]> {
  const models = joinPath(folder, MODELS, scene);
  const list = joinPath(models, "list_query.txt");
  const paths = await findColmapModel(joinPath(models, "empty_all"));
  if (paths === undefined) throw new InputError(`${models}: empty_all holds no COLMAP model`);
  const cameras = readCameras({ path: paths.cameras, bytes: await readBytes(paths.cameras) });
  const images = readImages({ path: paths.images, bytes: await readBytes(paths.images) });
  const byName = new Map(images.map((image) => [image.name, image]));
  return (await readRows(list, "a list of queries")).map(([name = ""]): QueryPhoto => {
    const image = byName.get(name);
    const camera = image && cameras.get(image.cameraId);
    if (image === undefined || camera === undefined)
      throw new InputError(`${list}: ${name} has no true pose in empty_all`);
    const { width, height } = camera;
    return {
      name,
      path: joinPath(folder, scene, name),
      intrinsics: pinholeIntrinsics(camera),
      size: { width, height },
      truth: camFromWorld(image),
    };
  });
}

function camFromWorld({ quaternion: [w, x, y, z], translation }: ColmapImage) {
  return rigidPose(rotationFromQuaternion([x, y, z, w]), translation);
}
