import type { Scene, SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { poseRows } from "../formats/camera-matrices.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";

/** Where the files of `transforms.json` are, relative to it. */
export interface TransformsFiles {
  /** One for each image of the scene. */
  readonly photos: readonly string[];
  /** The points to start from, in the frame of the scene. */
  readonly ply: string;
}

/** The content of `transforms.json`, with nerfstudio's names. */
export interface TransformsJson {
  readonly camera_model: "OPENCV";
  readonly ply_file_path: string;
  /** 3×4. */
  readonly applied_transform: readonly (readonly number[])[];
  readonly frames: readonly TransformsFrame[];
}

/** One photo in `transforms.json`. */
export interface TransformsFrame {
  readonly file_path: string;
  readonly w: number;
  readonly h: number;
  readonly fl_x: number;
  readonly fl_y: number;
  /** The center of the top-left pixel is at 0.5. */
  readonly cx: number;
  readonly cy: number;
  /** 4×4, the world from a camera with OpenGL axes. */
  readonly transform_matrix: readonly (readonly number[])[];
}

/**
 * `transforms.json` as nerfstudio, instant-ngp and trainers of splats read it: registered photos with their intrinsics
 * in original pixels and `transform_matrix`, the world from a camera with OpenGL axes (y up, z backward).
 *
 * The world stays the scene's own and `applied_transform` says so: programs disagree on whether the PLY file is in the
 * frame before that transform or after it, and where there is none both agree.
 */
export function transformsJson(scene: Scene, views: readonly View[], { photos, ply }: TransformsFiles): TransformsJson {
  const registered = [...scene.images.entries()].filter(([, image]) => image.registered);
  return {
    camera_model: "OPENCV",
    ply_file_path: ply,
    applied_transform: [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ],
    frames: registered.map(([i, image]) => frame(photos[i]!, image, views[i]!)),
  };
}

function frame(photo: string, image: SceneImage, { original, originalFromNetwork }: View): TransformsFrame {
  const { fx, fy, cx, cy } = originalIntrinsics(image.intrinsics, originalFromNetwork);
  return {
    file_path: photo,
    w: original.width,
    h: original.height,
    fl_x: fx,
    fl_y: fy,
    cx: cx + 0.5,
    cy: cy + 0.5,
    transform_matrix: poseRows(image.worldFromCam).map(([x, y, z, t]) => [x!, -y!, -z!, t!]),
  };
}
