import type { SceneImage } from "../core/scene.ts";
import { projectPoints, unprojectDepth } from "../geometry/camera.ts";
import { composePoses, invertRigid, transformPoints } from "../geometry/pose.ts";

/** A point must be nearer than another image's surface by more than this share to count as in front of it. */
const TOLERANCE = 0.001;

/**
 * The images without occluding points: a point that hides, from another image of its component, a surface which that
 * image sees with more confidence, loses its own (it becomes 0). Images are cleaned one after another, each against the
 * confidence that the ones before it have left.
 */
export function withoutOccluders(images: readonly SceneImage[]): SceneImage[] {
  const cleaned = [...images];
  images.forEach((image, i) => {
    if (image.component === undefined) return;
    const pointmap = unprojectDepth(image.depth, image, image.intrinsics);
    const confidence = image.confidence.slice();
    cleaned.forEach((other, j) => {
      if (j === i || other.component !== image.component) return;
      const otherFromImage = composePoses(invertRigid(other.worldFromCam), image.worldFromCam);
      const points = transformPoints(otherFromImage, Float64Array.from(pointmap));
      forgetOccluders(points, confidence, other);
    });
    cleaned[i] = { ...image, confidence };
  });
  return cleaned;
}

/** Sets the confidence of points (in the other's frame) to 0 where they hide what the other sees with more of it. */
function forgetOccluders(points: Float64Array, confidence: Float32Array, other: SceneImage): void {
  const pixels = projectPoints(points, other.intrinsics);
  for (let k = 0; k < confidence.length; k++) {
    const x = roundHalfEven(pixels[2 * k]!);
    const y = roundHalfEven(pixels[2 * k + 1]!);
    if (!(x >= 0 && y >= 0 && x < other.width && y < other.height)) continue;
    const pixel = y * other.width + x;
    const isInFront = points[3 * k + 2]! < (1 - TOLERANCE) * other.depth[pixel]!;
    if (isInFront && confidence[k]! < other.confidence[pixel]!) confidence[k] = 0;
  }
}

/** The nearest integer, the even one of two. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
