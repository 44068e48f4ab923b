import type { Pose } from "../src/core/camera.ts";
import { type Registration, registerPoints } from "../src/geometry/register-points.ts";

/** Share of the cameras' typical distance at which a second point is set in front of each. */
const STEP = 1 / 100;

/**
 * The similarity that aligns one set of cameras (`worldFromCam` each) on another: Procrustes over their centers and
 * over a point a short step along each optical axis, so that cameras in a line still fix the rotation.
 */
export function registerCameras(source: readonly Pose[], target: readonly Pose[]): Registration {
  return registerPoints(landmarks(source), landmarks(target));
}

function landmarks(cameras: readonly Pose[]): Float64Array {
  const step = STEP * medianDistance(cameras);
  return Float64Array.from(
    [0, step].flatMap((s) => cameras.flatMap((pose) => [3, 7, 11].map((k) => pose[k]! + s * pose[k - 1]!))),
  );
}

function medianDistance(cameras: readonly Pose[]): number {
  const distances = cameras.flatMap((a, i) =>
    cameras.slice(i + 1).map((b) => Math.hypot(a[3]! - b[3]!, a[7]! - b[7]!, a[11]! - b[11]!)),
  );
  return distances.sort((a, b) => a - b)[Math.floor((distances.length - 1) / 2)] ?? 0;
}
