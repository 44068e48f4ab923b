import type { Intrinsics, Pose } from "../../core/camera.ts";
import { type Matrix3, multiply3, multiplyVector3, transpose3 } from "../../geometry/mat3.ts";
import { rotationOf, translationOf } from "../../geometry/pose.ts";
import { median } from "./statistics.ts";

/** A pixel (x, y). */
export type Pixel = readonly [x: number, y: number];

/** x₂ᵀ F x₁ = 0 for the pixels of two calibrated cameras. */
export function fundamentalMatrix(camera1: Intrinsics, camera2: Intrinsics, cam2FromCam1: Pose): Matrix3 {
  const [x, y, z] = translationOf(cam2FromCam1);
  const essential = multiply3([0, -z, y, z, 0, -x, -y, x, 0], rotationOf(cam2FromCam1));
  return multiply3(transpose3(inverseCalibration(camera2)), multiply3(essential, inverseCalibration(camera1)));
}

/** The epipolar geometry of a rectified pair, calibrated or not: matches share their row. */
export const RECTIFIED: Matrix3 = [0, 0, 0, 0, 0, -1, 0, 1, 0];

/** The first-order geometric error in pixels of a match (Hartley & Zisserman 2004, eq. 11.9). */
export function sampsonDistance(fundamental: Matrix3, [x1, y1]: Pixel, [x2, y2]: Pixel): number {
  const line2 = multiplyVector3(fundamental, [x1, y1, 1]);
  const line1 = multiplyVector3(transpose3(fundamental), [x2, y2, 1]);
  const algebraic = x2 * line2[0] + y2 * line2[1] + line2[2];
  return Math.abs(algebraic) / Math.hypot(line2[0], line2[1], line1[0], line1[1]);
}

/** Where a pixel of camera 1 at a depth is seen by camera 2; undefined behind it. */
export function reprojectPixel(
  [x, y]: Pixel,
  depth: number,
  { camera1, camera2, cam2FromCam1 }: { camera1: Intrinsics; camera2: Intrinsics; cam2FromCam1: Pose },
): Pixel | undefined {
  const point = [((x - camera1.cx) / camera1.fx) * depth, ((y - camera1.cy) / camera1.fy) * depth, depth] as const;
  const turned = multiplyVector3(rotationOf(cam2FromCam1), point);
  const [tx, ty, tz] = translationOf(cam2FromCam1);
  const z = turned[2] + tz;
  if (!(z > 0)) return undefined;
  const { fx, fy, cx, cy } = camera2;
  return [(fx * (turned[0] + tx)) / z + cx, (fy * (turned[1] + ty)) / z + cy];
}

/** How many matches are close to where they belong. */
export interface MatchAccuracy {
  readonly evaluated: number;
  readonly medianPixels: number | null;
  /** Per percentage of the image diagonal: the share of matches closer than that; 0 where there is no match. */
  readonly within: Readonly<Record<number, number>>;
}

/** @param diagonal mean of both images, in pixels */
export function matchAccuracy(
  errors: readonly number[],
  percentages: readonly number[],
  diagonal: number,
): MatchAccuracy {
  const share = (percent: number) =>
    errors.length === 0 ? 0 : errors.filter((error) => error < (percent / 100) * diagonal).length / errors.length;
  return {
    evaluated: errors.length,
    medianPixels: median(errors),
    within: Object.fromEntries(percentages.map((percent) => [percent, share(percent)])),
  };
}

function inverseCalibration({ fx, fy, cx, cy }: Intrinsics): Matrix3 {
  return [1 / fx, 0, -cx / fx, 0, 1 / fy, -cy / fy, 0, 0, 1];
}
