import type { Pose } from "../core/camera.ts";
import { addScaled, subtract, type Vector3 } from "../geometry/mat3.ts";
import { composePoses, invertRigid, rotationOf, transformPoints, translationOf } from "../geometry/pose.ts";
import { moveCamera, type Similarity, similarityMatrix } from "../geometry/similarity.ts";
import type { Bundle, BundlePhoto } from "./bundle.ts";

/**
 * The adjusted bundle in the world that it started in. Observations do not say where the world is, how it is turned and how
 * large it is; steps are free in that, which makes them longer and better. Afterwards the fixed photo, or the first, is put
 * where it was, and photos are as far from it as before, in the root mean square. Two fixed photos leave nothing open.
 */
export function restoreGauge(start: Bundle, adjusted: Bundle): Bundle {
  const known = start.photos.filter(({ fixed }) => fixed).length;
  const anchor = start.photos.findIndex(({ fixed, camFromWorld }) => (known > 0 ? fixed : isFinitePose(camFromWorld)));
  if (known > 1 || anchor < 0) return adjusted;
  const startFromAdjusted = anchoredSimilarity(start.photos, adjusted.photos, anchor);
  const points = transformPoints(similarityMatrix(startFromAdjusted), adjusted.points);
  return {
    ...adjusted,
    photos: adjusted.photos.map((photo) => {
      if (photo.fixed || !isFinitePose(photo.camFromWorld)) return photo;
      const worldFromCam = moveCamera(startFromAdjusted, invertRigid(photo.camFromWorld));
      return { ...photo, camFromWorld: invertRigid(worldFromCam) };
    }),
    points: points.map((value, k) => (Number.isFinite(value) ? value : adjusted.points[k]!)),
  };
}

function anchoredSimilarity(
  start: readonly BundlePhoto[],
  adjusted: readonly BundlePhoto[],
  anchor: number,
): Similarity {
  const worldFromAnchor = invertRigid(start[anchor]!.camFromWorld);
  const rigid = composePoses(worldFromAnchor, adjusted[anchor]!.camFromWorld);
  const ratio = extent(start, anchor) / extent(adjusted, anchor);
  const scale = ratio > 0 && ratio < Number.POSITIVE_INFINITY ? ratio : 1;
  // Stretched about the anchor's center, which stays: x ↦ c + s (R x + t − c).
  const center = translationOf(worldFromAnchor);
  return {
    scale,
    rotation: rotationOf(rigid),
    translation: addScaled(center, scale, subtract(translationOf(rigid), center)),
  };
}

/** The root of the summed squares of the distances of photos from one of them. */
function extent(photos: readonly BundlePhoto[], anchor: number): number {
  const from = centerOf(photos[anchor]!);
  const squares = photos
    .filter(({ camFromWorld }) => isFinitePose(camFromWorld))
    .map((photo) => Math.hypot(...subtract(centerOf(photo), from)) ** 2);
  return Math.sqrt(squares.reduce((sum, value) => sum + value, 0));
}

function centerOf({ camFromWorld }: BundlePhoto): Vector3 {
  return translationOf(invertRigid(camFromWorld));
}

function isFinitePose(pose: Pose): boolean {
  return pose.every(Number.isFinite);
}
