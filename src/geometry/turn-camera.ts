import type { Intrinsics, Pose } from "../core/camera.ts";
import type { Distortion, Lens } from "../core/lens.ts";
import type { Size } from "../core/view.ts";

/** The intrinsics of a picture turned to the left by a quarter, from those before: what was at the right is on top. */
export function turnIntrinsics({ fx, fy, cx, cy }: Intrinsics, { width }: Size): Intrinsics {
  return { fx: fy, fy: fx, cx: cy, cy: width - 1 - cx };
}

/** The pose of such a picture's camera: the new x axis is the old y axis, the new y axis the old x axis the other way round. */
export function turnPose(worldFromCam: Pose, quarters = 1): Pose {
  if (quarters <= 0) return worldFromCam;
  const turned: Pose = Float64Array.from(worldFromCam);
  for (const row of [0, 4, 8]) {
    turned[row] = worldFromCam[row + 1]!;
    turned[row + 1] = -worldFromCam[row]!;
  }
  return turnPose(turned, quarters - 1);
}

/** The lens of a picture turned to the left by quarters of a full turn. */
export function turnLens(lens: Lens, quarters: number): Lens {
  if (quarters <= 0) return lens;
  const { width, height, intrinsics, distortion } = lens;
  const turned = { intrinsics: turnIntrinsics(intrinsics, lens), distortion: distortion && turnDistortion(distortion) };
  return turnLens({ width: height, height: width, ...turned }, quarters - 1);
}

/** (p2, p1) is a direction in the picture. */
function turnDistortion(distortion: Distortion): Distortion {
  if (distortion.model === "fisheye") return distortion;
  const [p1, p2] = distortion.p;
  return { ...distortion, p: [-p2, p1] };
}

/**
 * By how many quarters to the left an EXIF orientation turns a photo from how it is stored; 0 for none and for
 * reflections.
 */
export function quartersLeft(orientation: number | undefined): number {
  return { 3: 2, 6: 3, 8: 1 }[orientation ?? 1] ?? 0;
}
