import type { Pose } from "../../../core/camera.ts";
import { dot, multiply3, transpose3 } from "../../mat3.ts";
import { rotationOf, translationOf } from "../../pose.ts";
import type { Equations } from "../levenberg-marquardt.ts";
import { TWO_VIEW_DOF, type TwoViewCameras, tangentsOf } from "./two-view-cameras.ts";

/** Radians by which a network's rotation and direction of translation are ordinarily wrong. */
const ROTATION_SIGMA = 0.25;
const DIRECTION_SIGMA = 0.5;

/** A pose that is expected, with a translation of length one, and what one standard deviation off it costs, in pixels². */
export interface PosePrior {
  readonly predicted: Pose;
  readonly priorWeight: number;
}

/** z²: the squared distance from a predicted pose in standard deviations (of chords, which are angles when small). */
function poseDeviation({ cam2FromCam1 }: Pick<TwoViewCameras, "cam2FromCam1">, predicted: Pose): number {
  const [a, , , , b, , , , c] = multiply3(rotationOf(cam2FromCam1), transpose3(rotationOf(predicted)));
  const cosine = dot(translationOf(cam2FromCam1), translationOf(predicted));
  return (3 - a - b - c) / ROTATION_SIGMA ** 2 + (2 - 2 * cosine) / DIRECTION_SIGMA ** 2;
}

/** w log(1 + z²): a prediction that is grossly wrong costs little more than one that is wrong. */
export function posePriorCost(
  cameras: Pick<TwoViewCameras, "cam2FromCam1">,
  { predicted, priorWeight }: PosePrior,
): number {
  return priorWeight * Math.log1p(poseDeviation(cameras, predicted));
}

/** Adds the derivatives of the cost of the pose by the parameters of `changeCameras`, and returns the cost. */
export function addPosePrior(
  { gradient, hessian }: Pick<Equations, "gradient" | "hessian">,
  cameras: TwoViewCameras,
  prior: PosePrior,
): number {
  const { predicted, priorWeight } = prior;
  const translation = translationOf(cameras.cam2FromCam1);
  const [, m1, m2, m3, , m5, m6, m7] = multiply3(rotationOf(cameras.cam2FromCam1), transpose3(rotationOf(predicted)));
  const weight = priorWeight / (1 + poseDeviation(cameras, predicted));
  const turn = weight / ROTATION_SIGMA ** 2;
  const tilt = weight / DIRECTION_SIGMA ** 2;
  const slopes = [m7 - m5, m2 - m6, m3 - m1].map((entry) => (turn * entry) / 2);
  for (const tangent of tangentsOf(translation)) slopes.push(-tilt * dot(tangent, translationOf(predicted)));
  slopes.forEach((slope, k) => {
    gradient[k]! += slope;
    hessian[k * TWO_VIEW_DOF + k]! += k < 3 ? turn : tilt;
  });
  return posePriorCost(cameras, prior);
}
