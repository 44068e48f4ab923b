import type { AlignmentWarning } from "../../core/scene.ts";
import { upperMedian } from "../../core/upper-median.ts";
import { addScaled } from "../../geometry/mat3.ts";
import { rotationOf, translationOf } from "../../geometry/pose.ts";
import { rotationAngle } from "../../geometry/rotation.ts";
import type { GroupImage } from "./group.ts";
import { spreadOf } from "./known-poses.ts";
import type { World } from "./world.ts";

/**
 * The network mostly places photos that it is confident of within these; distances are shares of the known poses'
 * extent.
 */
const USUAL_ERROR = { degrees: 20, distance: 0.4 };
/** How many times what is typical of all known poses one must be off to be the one that is wrong. */
const OUTSTANDING = 3;
/** One wrong pose among fewer is not typical of none. */
const ENOUGH_POSES = 3;

/**
 * Known poses that contradict the alignment without them: `world` is that, aligned to the known poses. Only images that
 * the network is confident of are considered, and only what stands out from how far off the network is at the other
 * known poses.
 */
export function poseContradictions({ cameras }: World, images: readonly GroupImage[]): readonly AlignmentWarning[] {
  const extent = spreadOf(images.flatMap(({ worldFromCam }) => worldFromCam ?? []));
  const deviations = images.flatMap(({ index, isConfident, worldFromCam }, place) => {
    if (worldFromCam === undefined) return [];
    const { rotation, center } = cameras[place]!;
    const degrees = (rotationAngle(rotation, rotationOf(worldFromCam)) * 180) / Math.PI;
    const offset = Math.hypot(...addScaled(center, -1, translationOf(worldFromCam)));
    return [{ image: index, isConfident, degrees, distance: extent > 0 ? offset / extent : 0 }];
  });
  const limit = (of: "degrees" | "distance") => {
    const typical = deviations.length < ENOUGH_POSES ? 0 : upperMedian(deviations.map((deviation) => deviation[of]))!;
    return Math.max(USUAL_ERROR[of], OUTSTANDING * typical);
  };
  const limits = { degrees: limit("degrees"), distance: limit("distance") };
  return deviations.flatMap(({ isConfident, image, degrees, distance }): AlignmentWarning[] => {
    if (!isConfident || (degrees <= limits.degrees && distance <= limits.distance)) return [];
    return [{ kind: "pose-contradicts-images", image, degrees, distance }];
  });
}
