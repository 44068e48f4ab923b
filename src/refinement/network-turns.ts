import type { BundlePhoto } from "../adjustment/bundle.ts";
import type { Pose } from "../core/camera.ts";
import { composePoses, invertRigid, rotationOf } from "../geometry/pose.ts";
import { rotationAngle } from "../geometry/rotation.ts";
import type { PosedPhoto } from "./posed-photo.ts";

/** Other photos that are asked, evenly among them: a median of so many is as sure as of all. */
const MOST_ASKED = 64;

/**
 * By photo, by how many radians its adjusted camera is turned against the network's: the lower median of its relative rotations to
 * the other photos, so that one photo that is wrong does not make others look so. 0 where the network does not place it among others.
 */
export function networkTurns(photos: readonly PosedPhoto[], adjusted: readonly BundlePhoto[]): number[] {
  const stride = Math.ceil(photos.length / MOST_ASKED);
  return photos.map(({ worldFromCam, component }, i) => {
    if (worldFromCam === undefined) return 0;
    const turns = photos.flatMap((other, j) => {
      if (j % stride !== 0 || j === i || other.worldFromCam === undefined || other.component !== component) return [];
      const relative = composePoses(adjusted[j]!.camFromWorld, invertRigid(adjusted[i]!.camFromWorld));
      return turnBetween(relative, composePoses(invertRigid(other.worldFromCam), worldFromCam));
    });
    turns.sort((a, b) => a - b);
    return turns[(turns.length - 1) >> 1] ?? 0;
  });
}

function turnBetween(a: Pose, b: Pose): number {
  return rotationAngle(rotationOf(a), rotationOf(b));
}
