import type { LoadedDenseScene } from "../../../src/core/loaded-dense-scene.ts";
import type { Scene } from "../../../src/core/scene.ts";

/** The scene in meters, given how many of them one of its units is. */
export function scaledScene(scene: Scene, metersPerUnit: number): Scene {
  const tracks = scene.tracks?.map((track) => ({
    ...track,
    point: track.point.map((value) => value * metersPerUnit) as unknown as typeof track.point,
  }));
  return {
    ...scene,
    units: "metres",
    images: scene.images.map((image) => ({
      ...image,
      depth: image.depth.map((z) => z * metersPerUnit),
      worldFromCam: movedPose(image.worldFromCam, metersPerUnit),
    })),
    ...(tracks && { tracks }),
  };
}

/** Measured depth in meters. */
export function scaledDense({ maps, points, share }: LoadedDenseScene, metersPerUnit: number): LoadedDenseScene {
  const scaled = (values: Float32Array) => values.map((value) => value * metersPerUnit);
  return {
    maps: maps.map((map) => map && { ...map, depth: scaled(map.depth) }),
    points: { ...points, positions: scaled(points.positions) },
    share,
  };
}

function movedPose<P extends Scene["images"][number]["worldFromCam"]>(pose: P, scale: number): P {
  return pose.map((value, i) => (i % 4 === 3 && i < 12 ? value * scale : value)) as unknown as P;
}
