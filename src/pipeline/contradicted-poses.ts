import type { Pose } from "../core/camera.ts";
import type { ContradictedPair } from "../core/scene.ts";
import { composePoses, invertRigid, rotationOf, translationOf } from "../geometry/pose.ts";
import { rotationAngle } from "../geometry/rotation.ts";
import type { VerifiedPair } from "../refinement/verify-pairs.ts";

/** In degrees: given poses that differ by less from what features say may be right. */
const LEAST_ROTATION = 5;
/** The direction between cameras is less certain. */
const LEAST_DIRECTION = 20;

/** Pairs of images with given poses whose verified features contradict these; the given poses stand. */
export function contradictedPoses(
  verified: readonly VerifiedPair[],
  worldFromCam: readonly (Pose | undefined)[] = [],
): readonly ContradictedPair[] {
  return verified.flatMap(({ photo1, photo2, verdict, cam2FromCam1 }) => {
    const [first, second] = [worldFromCam[photo1], worldFromCam[photo2]];
    if (first === undefined || second === undefined || verdict !== "verified") return [];
    const given = composePoses(invertRigid(second), first);
    const rotation = rotationAngle(rotationOf(given), rotationOf(cam2FromCam1)) * DEGREES;
    const direction = angleBetween(given, cam2FromCam1) * DEGREES;
    if (rotation < LEAST_ROTATION && direction < LEAST_DIRECTION) return [];
    return { image1: photo1, image2: photo2, rotation, direction };
  });
}

const DEGREES = 180 / Math.PI;

/** Between the directions of two translations; 0 where one has none. */
function angleBetween(a: Pose, b: Pose): number {
  const [s, t] = [translationOf(a), translationOf(b)];
  const length = Math.hypot(...s) * Math.hypot(...t);
  return length > 0 ? Math.acos(Math.max(-1, Math.min(1, (s[0] * t[0] + s[1] * t[1] + s[2] * t[2]) / length))) : 0;
}
