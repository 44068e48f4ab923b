import type { SceneImage } from "../../core/scene.ts";
import type { Vector3 } from "../../geometry/mat3.ts";
import { invertRigid, type Matrix4 } from "../../geometry/pose.ts";

/** A registered photo's depth as points of the world. Everything is in network pixels. */
export class PosedDepth {
  readonly image: SceneImage;
  readonly #minConfidence: number;
  readonly #camFromWorld: Matrix4;

  /** Pixels below `minConfidence` have no points. */
  constructor(image: SceneImage, minConfidence: number) {
    this.image = image;
    this.#minConfidence = minConfidence;
    this.#camFromWorld = invertRigid(image.worldFromCam);
  }

  /** The z-depth at a pixel; 0 where it has no point. */
  depthAt(pixel: number): number {
    return this.image.confidence[pixel]! >= this.#minConfidence ? this.image.depth[pixel]! : 0;
  }

  /** The point in the camera's frame that appears at a place with a depth. */
  unproject(x: number, y: number, depth: number): Vector3 {
    const { fx, fy, cx, cy } = this.image.intrinsics;
    return [((x - cx) / fx) * depth, ((y - cy) / fy) * depth, depth];
  }

  /** Where a point in the camera's frame appears; undefined behind the camera. */
  project([x, y, z]: Vector3): readonly [x: number, y: number] | undefined {
    const { fx, fy, cx, cy } = this.image.intrinsics;
    return z > 0 ? [(fx * x) / z + cx, (fy * y) / z + cy] : undefined;
  }

  /** A point of the world in the camera's frame. */
  toCamera(point: Vector3): Vector3 {
    return transform(this.#camFromWorld, point);
  }

  /** A point of the camera's frame in the world. */
  toWorld(point: Vector3): Vector3 {
    return transform(this.image.worldFromCam, point);
  }
}

function transform(m: Matrix4, [x, y, z]: Vector3): Vector3 {
  return [
    m[0]! * x + m[1]! * y + m[2]! * z + m[3]!,
    m[4]! * x + m[5]! * y + m[6]! * z + m[7]!,
    m[8]! * x + m[9]! * y + m[10]! * z + m[11]!,
  ];
}
