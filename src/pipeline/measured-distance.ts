import { metersPerUnitOf } from "../alignment/metric-scale.ts";
import type { DenseScene } from "../core/dense-scene.ts";
import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { networkIntrinsics, originalIntrinsics, resizedMapping } from "../geometry/pixel-mapping.ts";
import { scaledDense, scaledScene } from "../geometry/scaled-scene.ts";
import { networkDistance, type PhotoPriors } from "../priors/network-priors.ts";

/** A scene and the depth measured between its photos. */
export interface MeasuredScene {
  readonly scene: Scene;
  readonly dense: DenseScene;
}

/**
 * The scene in meters by its measured depth, where a distance is known between two pixels of a photo: alignment went by the network's depth
 * there, and depth maps are to show this distance.
 */
export async function byMeasuredDistance(
  { scene, dense }: MeasuredScene,
  views: readonly View[],
  { knownDistance, posesInMeters }: PhotoPriors = {},
): Promise<MeasuredScene> {
  if (knownDistance === undefined || posesInMeters) return { scene, dense };
  const { image: index } = networkDistance(knownDistance, views);
  const [image, view, map] = [scene.images[index]!, views[index]!, await dense.maps[index]?.load()];
  if (map === undefined || scene.units !== "metres" || image.component !== 0) return { scene, dense };
  const { width, height, depth } = map;
  const toOriginal = resizedMapping(map, view.original);
  const seen = views.map((other, i) =>
    i === index ? { ...other, width, height, originalFromNetwork: toOriginal } : other,
  );
  const intrinsics = networkIntrinsics(originalIntrinsics(image.intrinsics, view.originalFromNetwork), toOriginal);
  const factor = metersPerUnitOf({ width, height, intrinsics, depth }, networkDistance(knownDistance, seen));
  return { scene: scaledScene(scene, factor), dense: scaledDense(dense, factor) };
}
