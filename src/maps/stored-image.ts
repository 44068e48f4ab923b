import { joinPath } from "#platform";
import { FormatError } from "../core/errors.ts";
import type { SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { networkIntrinsics } from "../geometry/pixel-mapping.ts";
import { identityPose } from "../geometry/pose.ts";
import type { SceneFileImage } from "../scene-file/read-scene-file.ts";
import type { StoredMap } from "../scene-file/scene-format.ts";
import { readStoredMap } from "../scene-file/stored-map.ts";
import { nearestSamples } from "./nearest-samples.ts";

/** One image of a scene from the scene's folder, at the resolution of its view. */
export async function readStoredImage(folder: string, image: SceneFileImage, view: View): Promise<SceneImage> {
  const { file, registered, intrinsics, camera, focalSource, poseSource, worldFromCam, depth, confidence } = image;
  const fail = (missing: string) => new FormatError(joinPath(folder, "scene.json"), `has no ${missing} of ${file}`);
  if (intrinsics === null) throw fail("K");
  if (registered && worldFromCam === null) throw fail("pose");
  const read = async (map: StoredMap | null, least: number): Promise<Float32Array> => {
    const empty = new Float32Array(view.width * view.height).fill(least);
    return map ? atNetworkPixels(await readStoredMap(folder, map, image), view, least) : empty;
  };
  return {
    width: view.width,
    height: view.height,
    registered,
    intrinsics: networkIntrinsics(intrinsics, view.originalFromNetwork),
    camera: camera ?? undefined,
    focalSource: focalSource ?? undefined,
    poseSource: poseSource ?? undefined,
    worldFromCam: (registered && worldFromCam) || identityPose(),
    depth: await read(depth, 0),
    confidence: await read(confidence, 1),
  };
}

/** A map of the original photo at the network's pixels, and nowhere less than `least`. */
function atNetworkPixels(values: Float32Array, view: View, least: number): Float32Array {
  const { width } = view.original;
  const samples = { count: values.length, x: (i: number) => i % width, y: (i: number) => Math.floor(i / width) };
  return Float32Array.from(nearestSamples(view, samples), (i) => (i < 0 ? least : Math.max(values[i]!, least)));
}
