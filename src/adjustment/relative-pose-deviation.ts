import type { Pose } from "../core/camera.ts";
import { add3, type Matrix3, multiply3, scale3, subtract, transpose3, type Vector3 } from "../geometry/mat3.ts";
import { composePoses, invertRigid, rigidPose, rotationOf, translationOf } from "../geometry/pose.ts";
import { vectorFromRotation } from "../geometry/rotation.ts";
import type { RelativePosePrior } from "./bundle.ts";
import { type BundleState, POSE_SIZE } from "./bundle-state.ts";

/** How far a relative pose is from the most likely, `[6]`: rotation vector, then translation, in standard deviations. */
export function relativePoseDeviation(prior: RelativePosePrior, state: BundleState): Float64Array {
  const now = relativePose(prior, state);
  const rotation = vectorFromRotation(multiply3(rotationOf(now), transpose3(rotationOf(prior.cam1FromCam2))));
  const translation = subtract(translationOf(now), translationOf(prior.cam1FromCam2));
  return Float64Array.of(
    ...rotation.map((value) => value / prior.rotationSigma),
    ...translation.map((value) => value / prior.translationSigma),
  );
}

/** Its derivatives by the changes of photo 1 and of photo 2, `[6, 6]` each, as `moveState` takes them. */
export function differentiateRelativePose(
  prior: RelativePosePrior,
  state: BundleState,
  deviation: Float64Array,
): readonly [Float64Array, Float64Array] {
  const { rotationSigma, translationSigma } = prior;
  const now = relativePose(prior, state);
  const turn = rotationOf(now);
  // exp(ω₁) R exp(−ω₂) = exp(ω₁ − R ω₂) R: one rotation ω moves the relative pose, and its origin's image R t₂ with it.
  const carried = subtract(translationOf(poseOf(state, prior.photo1)), translationOf(now));
  const [x, y, z] = deviation;
  const byTurn = scale3(
    1 / rotationSigma,
    inverseLeftJacobian([x! * rotationSigma, y! * rotationSigma, z! * rotationSigma]),
  );
  const byLever = scale3(1 / translationSigma, crossMatrix(carried));
  const shift = 1 / translationSigma;
  const unit: Matrix3 = [shift, 0, 0, 0, shift, 0, 0, 0, shift];
  return [
    blocks(byTurn, byLever, unit),
    blocks(scale3(-1, multiply3(byTurn, turn)), scale3(-1, multiply3(byLever, turn)), scale3(-shift, turn)),
  ];
}

function relativePose({ photo1, photo2 }: RelativePosePrior, state: BundleState): Pose {
  return composePoses(poseOf(state, photo1), invertRigid(poseOf(state, photo2)));
}

function poseOf({ poses }: BundleState, photo: number): Pose {
  const [a, b, c, d, e, f, g, h, i, x, y, z] = poses.subarray(POSE_SIZE * photo, POSE_SIZE * (photo + 1));
  return rigidPose([a!, b!, c!, d!, e!, f!, g!, h!, i!], [x!, y!, z!]);
}

/** `[6, 6]` of the derivatives of rotation and translation by rotation, and of translation by translation. */
function blocks(rotation: Matrix3, lever: Matrix3, translation: Matrix3): Float64Array {
  const matrix = new Float64Array(36);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      matrix[6 * row + column] = rotation[3 * row + column]!;
      matrix[6 * (row + 3) + column] = lever[3 * row + column]!;
      matrix[6 * (row + 3) + column + 3] = translation[3 * row + column]!;
    }
  }
  return matrix;
}

function crossMatrix([x, y, z]: Vector3): Matrix3 {
  return [0, -z, y, z, 0, -x, -y, x, 0];
}

/** The derivative of log(exp(ω) exp(v)) by ω at 0 (Barfoot, State Estimation for Robotics, equation 7.77). */
function inverseLeftJacobian(v: Vector3): Matrix3 {
  const angle = Math.hypot(...v);
  const cross = crossMatrix(v);
  const half = angle / 2;
  const curvature = angle < 1e-4 ? 1 / 12 : (1 - half / Math.tan(half)) / (angle * angle);
  return add3([1, 0, 0, 0, 1, 0, 0, 0, 1], add3(scale3(-0.5, cross), scale3(curvature, multiply3(cross, cross))));
}
