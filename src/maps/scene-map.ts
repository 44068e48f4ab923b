import { joinPath } from "#platform";
import { InputError } from "../core/errors.ts";
import { transformPoints } from "../geometry/pose.ts";
import { hasPosedDepth, type PosedDepthImage, readSceneFile } from "../scene-file/read-scene-file.ts";
import { readStoredMap } from "../scene-file/stored-map.ts";
import { findMapPhoto, lensOfFile, type PhotoPlaces } from "./find-map-photo.ts";
import { nearestSamples } from "./nearest-samples.ts";
import type { MapCamera, MapPhoto, PosedMap } from "./posed-map.ts";

/**
 * The map in a folder with a `scene.json`: a finished reconstruction, or posed RGB-D photos in the same format. Photos
 * without a pose or depth are left out; an `InputError` where that leaves none.
 */
export async function openSceneMap(places: PhotoPlaces): Promise<PosedMap> {
  const path = joinPath(places.map, "scene.json");
  const { units, images } = await readSceneFile(path);
  const usable = images.filter(hasPosedDepth);
  if (usable.length === 0) {
    throw new InputError(
      `${path}: none of its ${images.length} photos has both a pose and a depth map, so it has no points to locate a ` +
        "photo by; a scene must be written with its depth maps, and one that is only poses cannot serve as a map",
    );
  }
  const cameras = usable.map((image) => mapCamera(image, places));
  const photos: MapPhoto[] = [];
  for (const { file, lens } of usable) {
    const path = await findMapPhoto(file, places);
    photos.push({ name: file, path, lens: lensOfFile(lens, path) });
  }
  return { units, photos, camera: async (index) => cameras[index]! };
}

function mapCamera(image: PosedDepthImage, places: PhotoPlaces): MapCamera {
  const { width, height, intrinsics, worldFromCam, depth } = image;
  return {
    size: { width, height },
    intrinsics,
    worldFromCam,
    async worldPoints(view) {
      const values = await readStoredMap(places.map, depth, { width, height });
      const nearest = nearestSamples(view, {
        count: values.length,
        x: (i) => (values[i]! > 0 ? i % width : Number.NaN),
        y: (i) => Math.floor(i / width),
      });
      const { fx, fy, cx, cy } = intrinsics;
      const points = new Float64Array(3 * nearest.length).fill(Number.NaN);
      nearest.forEach((sample, pixel) => {
        if (sample < 0) return;
        const z = values[sample]!;
        const [x, y] = [sample % width, Math.floor(sample / width)];
        points.set([((x - cx) / fx) * z, ((y - cy) / fy) * z, z], 3 * pixel);
      });
      return transformPoints(worldFromCam, points);
    },
  };
}
