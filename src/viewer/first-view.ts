import { MathUtils, Matrix4, Vector3 } from "three";
import type { Focus } from "./world-frame.ts";

/** Everything fits into this share of the view, so that nothing touches its border. */
const FILL = 0.9;
/** How far the eye rises above the cameras, for a distance of 1. */
const RISE = 0.22;

/** The shape of a view: vertical degrees, and width over height. */
export interface Lens {
  readonly fov: number;
  readonly aspect: number;
}

/** A camera of the scene: where it stands, and the corners of the photo that is drawn before it. */
export interface Outline {
  readonly eye: Vector3;
  readonly corners: readonly Vector3[];
}

/**
 * Where to look at the focus from: behind the middle of the cameras (behind the first where they stand all around the
 * scene), a little above, and far enough away that all cameras, photos and most points are in sight.
 */
export function firstView(cameras: readonly Outline[], { center, radius }: Focus, { fov, aspect }: Lens): Vector3 {
  const offsets = cameras.map(({ eye }) => eye.clone().sub(center));
  const mean = offsets.reduce((sum, offset) => sum.add(offset), new Vector3()).divideScalar(offsets.length || 1);
  const nearest = Math.min(...offsets.map((offset) => offset.length()));
  const back = (mean.length() > 0.3 * nearest ? mean : (offsets[0] ?? mean)).clone().normalize();
  back.y += RISE;
  back.normalize();

  const [right, up] = [new Vector3(), new Vector3()];
  new Matrix4().lookAt(back, new Vector3(), new Vector3(0, 1, 0)).extractBasis(right, up, new Vector3());
  const vertical = FILL * Math.tan(MathUtils.degToRad(fov / 2));
  const horizontal = vertical * aspect;
  const distances = cameras
    .flatMap(({ eye, corners }) => [eye, ...corners])
    .map((point) => point.clone().sub(center))
    .map((offset) => {
      const spread = Math.max(Math.abs(offset.dot(right)) / horizontal, Math.abs(offset.dot(up)) / vertical);
      return offset.dot(back) + spread;
    });
  return back.setLength(Math.max(radius / Math.min(horizontal, vertical), ...distances)).add(center);
}
