import { joinPath } from "#platform";
import { FormatError, InputError } from "../../core/errors.ts";
import { CAMERA_PARAMETERS, type ColmapCameraModel } from "../../formats/colmap/camera-models.ts";
import { pinholeIntrinsics } from "../../formats/colmap/pinhole.ts";
import { findColmapModel, openColmapMap } from "../../maps/colmap-map.ts";
import { readRows } from "../read-rows.ts";
import type { LocalizationScene, QueryPhoto } from "./localization-scene.ts";

const MODEL = "3D-models/aachen_v_1_1";
const PHOTOS = "images/images_upright";
const QUERIES = ["queries/day_time_queries_with_intrinsics.txt", "queries/night_time_queries_with_intrinsics.txt"];

/**
 * Aachen Day-Night v1.1 (Sattler et al. 2018; Zhang et al. 2021) as released. The ground-truth poses are not public;
 * visuallocalization.net evaluates result files.
 */
export async function aachenDayNight(folder: string): Promise<readonly LocalizationScene[]> {
  const paths = await findColmapModel(joinPath(folder, MODEL));
  if (paths === undefined)
    throw new InputError(`${folder}: ${MODEL} holds no COLMAP model; Aachen Day-Night v1.1 is expected`);
  const queries: QueryPhoto[] = [];
  for (const list of QUERIES) queries.push(...(await readQueries(folder, list)));
  const map = () => openColmapMap(paths, { map: folder, photos: joinPath(folder, PHOTOS) });
  return [{ name: "aachen", queries, map }];
}

/** Lines `NAME MODEL WIDTH HEIGHT PARAMETERS…`, as COLMAP writes cameras. */
async function readQueries(folder: string, list: string): Promise<readonly QueryPhoto[]> {
  const path = joinPath(folder, list);
  return (await readRows(path, "a list of queries with intrinsics")).map(
    ([name = "", model = "", ...rest], i): QueryPhoto => {
      const [width = 0, height = 0, ...params] = rest.map(Number);
      const expected = CAMERA_PARAMETERS[model as ColmapCameraModel] as readonly string[] | undefined;
      if (expected?.length !== params.length || !(width > 0 && height > 0) || !params.every(Number.isFinite)) {
        throw new FormatError(
          path,
          `entry ${i + 1}: a name, a camera model, a size and the model's parameters are expected`,
        );
      }
      const size = { width, height };
      const intrinsics = pinholeIntrinsics({ id: 0, model: model as ColmapCameraModel, ...size, params });
      return { name, path: joinPath(folder, PHOTOS, name), intrinsics, size, truth: undefined };
    },
  );
}
