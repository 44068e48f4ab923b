import { joinPath } from "#platform";
import type { Scene, SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { parseCalibrationRows, parsePoseRows } from "../formats/camera-matrices.ts";
import { networkIntrinsics } from "../geometry/pixel-mapping.ts";
import { identityPose } from "../geometry/pose.ts";
import { nearestSamples } from "./nearest-samples.ts";
import type { SceneFile, SceneFileImage, StoredMap } from "./scene-file.ts";
import { readStoredMap } from "./stored-map.ts";

/** One image of a scene from what its folder says of it, at the resolution of its view. */
export async function readStoredImage(folder: string, image: SceneFileImage, view: View): Promise<SceneImage> {
  const { file, registered, depth, confidence } = image;
  const where = `${joinPath(folder, "scene.json")}: `;
  const read = async (map: StoredMap | null | undefined, least: number): Promise<Float32Array> => {
    const empty = new Float32Array(view.width * view.height).fill(least);
    return map ? atNetworkPixels(await readStoredMap(folder, map, image), view, least) : empty;
  };
  return {
    width: view.width,
    height: view.height,
    registered,
    intrinsics: networkIntrinsics(parseCalibrationRows(image.K, `${where}K of ${file}`), view.originalFromNetwork),
    worldFromCam: registered
      ? parsePoseRows(image.world_from_cam, `${where}world_from_cam of ${file}`)
      : identityPose(),
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

/** The pairs of a scene by index; those that name photos which are not there are left out. */
export function storedPairs({ images, pairs }: SceneFile): Scene["pairs"] {
  const indices = new Map(images.map(({ file }, i) => [file, i]));
  return pairs.flatMap(({ image1, image2, mean_confidence: meanConfidence }) => {
    const [index1, index2] = [indices.get(image1), indices.get(image2)];
    return index1 === undefined || index2 === undefined ? [] : [{ image1: index1, image2: index2, meanConfidence }];
  });
}
