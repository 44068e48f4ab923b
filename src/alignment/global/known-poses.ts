import type { Pose } from "../../core/camera.ts";
import { rotationOf, translationOf } from "../../geometry/pose.ts";
import { registerPointsRobustly } from "../../geometry/register-points-robustly.ts";
import { IDENTITY_SIMILARITY, type Similarity } from "../../geometry/similarity.ts";

/** Below this share of the larger distance two places count as one. */
const SAME_PLACE = 1e-6;

/**
 * The similarity that aligns estimated cameras to known ones (`worldFromCam` each, in the same order), least by the sum
 * of distances, so that one wrong camera among several has little effect. Cameras that all stand in one place fix no
 * scale; it stays 1.
 */
export function registerOnKnownPoses(estimated: readonly Pose[], known: readonly Pose[]): Similarity {
  const spreads = [spreadOf(estimated), spreadOf(known)] as const;
  const fixesScale = spreads[0] > 0 && spreads[1] > 0;
  const source = landmarks(estimated, fixesScale ? spreads[0] : 1);
  const target = landmarks(known, fixesScale ? spreads[1] : 1);
  const registration = registerPointsRobustly(source, target, new Float32Array(source.length / 3).fill(1));
  return registration.status === "ok" ? registration.targetFromSource : IDENTITY_SIMILARITY;
}

/** The largest distance of a camera from the first; 0 where all stand in one place. */
export function spreadOf(cameras: readonly Pose[]): number {
  const [first, ...others] = cameras.map(translationOf);
  if (first === undefined) return 0;
  const reach = Math.max(Math.hypot(...first), ...others.map((center) => Math.hypot(...center)));
  const spread = Math.max(0, ...others.map((c) => Math.hypot(c[0] - first[0], c[1] - first[1], c[2] - first[2])));
  return spread > SAME_PLACE * reach ? spread : 0;
}

/** Every camera as its center and a point at a distance along each of its axes. */
function landmarks(cameras: readonly Pose[], distance: number): Float64Array {
  return Float64Array.from(
    cameras.flatMap((pose) => {
      const center = translationOf(pose);
      const rotation = rotationOf(pose);
      const axes = [0, 1, 2].map((axis) => [0, 1, 2].map((row) => center[row]! + distance * rotation[3 * row + axis]!));
      return [center, ...axes].flat();
    }),
  );
}
