import { type Matrix3, multiply3, multiplyVector3, type Vector3 } from "../geometry/mat3.ts";
import { composePoses, invertRigid, rotationOf, translationOf } from "../geometry/pose.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";

/**
 * Where a source photo shows what the reference photo shows at a pixel and an inverse depth: at the homogeneous pixel
 * `turn (x, y, 1) + shift w`, of which the last number is positive in front of the camera.
 */
export interface SourceFromReference {
  readonly turn: Matrix3;
  readonly shift: Vector3;
}

/** The mapping between two posed cameras, with `w` in one over the unit of their poses. */
export function sourceFromReference(source: PosedCamera, reference: PosedCamera): SourceFromReference {
  const relative = composePoses(invertRigid(source.worldFromCam), reference.worldFromCam);
  const { fx, fy, cx, cy } = source.intrinsics;
  const calibration: Matrix3 = [fx, 0, cx, 0, fy, cy, 0, 0, 1];
  const { fx: f, fy: g, cx: c, cy: d } = reference.intrinsics;
  const rays: Matrix3 = [1 / f, 0, -c / f, 0, 1 / g, -d / g, 0, 0, 1];
  return {
    turn: multiply3(calibration, multiply3(rotationOf(relative), rays)),
    shift: multiplyVector3(calibration, translationOf(relative)),
  };
}

/** Pixels that a place in the source moves per change of inverse depth, at a pixel and inverse depth; 0 behind the camera. */
export function parallaxAt({ turn, shift }: SourceFromReference, x: number, y: number, w: number): number {
  const [u, v, z] = multiplyVector3(turn, [x, y, 1]);
  const depth = z + shift[2] * w;
  if (!(depth > 0)) return 0;
  return Math.hypot(shift[0] * z - shift[2] * u, shift[1] * z - shift[2] * v) / depth ** 2;
}
