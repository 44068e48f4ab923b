import type { DenseMap, DenseScene } from "../core/dense-scene.ts";
import type { Scene } from "../core/scene.ts";
import { scaleTranslation } from "./pose.ts";

/** The scene in meters, given how many of them one of its units is. */
export function scaledScene(scene: Scene, metersPerUnit: number): Scene {
  const { tracks } = scene;
  return {
    ...scene,
    units: "metres",
    images: scene.images.map((image) => ({
      ...image,
      depth: image.depth.map((z) => z * metersPerUnit),
      worldFromCam: scaleTranslation(image.worldFromCam, metersPerUnit),
    })),
    tracks: tracks && { ...tracks, positions: tracks.positions.map((value) => metersPerUnit * value) },
  };
}

/** Measured depth in meters. */
export function scaledDense({ maps, points, share }: DenseScene, metersPerUnit: number): DenseScene {
  const scaled = (values: Float32Array) => values.map((value) => value * metersPerUnit);
  const scaledMap = (map: DenseMap) => ({ ...map, depth: scaled(map.depth) });
  return {
    maps: maps.map((map) => map && { ...map, load: async () => scaledMap(await map.load()) }),
    points: { ...points, positions: scaled(points.positions) },
    share,
  };
}
