import { multiplyVector3, normalize, scaleVector3, transpose3, type Vector3 } from "../geometry/mat3.ts";
import { rotationOf, translationOf } from "../geometry/pose.ts";
import type { Bundle, BundleCamera } from "./bundle.ts";

/** What a photo says about where things are. */
export interface PhotoRays {
  /** The camera's center in the world. */
  readonly center: Vector3;
  /** The unit vector in the world from there to what is seen at a pixel; NaN where the lens shows nothing. */
  readonly rayAt: (x: number, y: number) => Vector3;
}

/** The rays of every photo of a bundle. */
export function photoRays({ photos, cameras }: Pick<Bundle, "photos" | "cameras">): PhotoRays[] {
  return photos.map(({ camera, camFromWorld }) => {
    const worldFromCam = transpose3(rotationOf(camFromWorld));
    return {
      center: scaleVector3(-1, multiplyVector3(worldFromCam, translationOf(camFromWorld))),
      rayAt: (x, y) => normalize(multiplyVector3(worldFromCam, cameraRay(cameras[camera]!, x, y))),
    };
  });
}

const MAX_ITERATIONS = 20;

/** The ray (x, y, 1) in the camera's frame that is seen at a pixel: Newton's method for its distance from the axis. */
function cameraRay({ fx, fy, cx, cy, k1 = 0, k2 = 0 }: BundleCamera, u: number, v: number): Vector3 {
  const [x, y] = [(u - cx) / fx, (v - cy) / fy];
  const bent = Math.hypot(x, y);
  let radius = bent;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const squared = radius * radius;
    const excess = radius * (1 + squared * (k1 + squared * k2)) - bent;
    const slope = 1 + squared * (3 * k1 + 5 * squared * k2);
    // Beyond where the polynomial turns back it shows nothing.
    if (!(slope > 0)) radius *= 0.5;
    else {
      radius -= excess / slope;
      if (Math.abs(excess) <= 1e-12 * bent) return bent > 0 ? [(x * radius) / bent, (y * radius) / bent, 1] : [0, 0, 1];
    }
  }
  return [Number.NaN, Number.NaN, Number.NaN];
}
