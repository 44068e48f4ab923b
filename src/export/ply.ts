import type { FusedPoints } from "../core/dense-scene.ts";
import { encodePly } from "../formats/ply.ts";
import type { PointFilter } from "./point-filter.ts";
import type { ScenePoints } from "./scene-points.ts";

/** `points.ply`: x y z in the world frame (OpenCV axes), red green blue in sRGB, confidence. */
export function encodePointsPly({ positions, colors, confidences }: ScenePoints, filter: PointFilter): Uint8Array {
  return encodePly(
    [
      { names: ["x", "y", "z"], values: positions },
      { names: ["red", "green", "blue"], values: colors },
      { names: ["confidence"], values: confidences },
    ],
    ["world frame with OpenCV axes: x right, y down, z forward", `min_confidence ${filter.minConfidence}`],
  );
}

/**
 * `points.ply` of measured points: x y z in the world frame (OpenCV axes), nx ny nz towards the cameras, red green blue in
 * sRGB, and how many photos agree.
 */
export function encodeFusedPly({ positions, normals, colors, photos }: FusedPoints): Uint8Array {
  return encodePly(
    [
      { names: ["x", "y", "z"], values: positions },
      { names: ["nx", "ny", "nz"], values: normals },
      { names: ["red", "green", "blue"], values: colors },
      { names: ["photos"], values: photos },
    ],
    ["world frame with OpenCV axes: x right, y down, z forward", "points that two photos or more agree on"],
  );
}
