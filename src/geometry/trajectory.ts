import type { Pose } from "../core/camera.ts";
import { type Matrix3, multiply3, transpose3, type Vector3 } from "./mat3.ts";
import { rigidPose, rotationOf, translationOf } from "./pose.ts";
import { rotationFromVector, vectorFromRotation } from "./rotation.ts";

/** Where something was at a time, in seconds. */
export interface TimedPose {
  readonly time: number;
  readonly worldFromCam: Pose;
}

/**
 * The pose at a time between recorded ones, undefined before the first and after the last. The position is interpolated
 * linearly, the rotation by Shoemake's spherical quadrangle ("Quaternion calculus and fast animation", 1987), which has
 * no kinks where one pair of poses gives way to the next.
 * @param trajectory in the order of time
 */
export function poseAt(trajectory: readonly TimedPose[], time: number): Pose | undefined {
  const first = trajectory[0];
  const last = trajectory.at(-1);
  if (first === undefined || last === undefined || !(time >= first.time && time <= last.time)) return undefined;
  const i = Math.min(lastUpTo(trajectory, time), Math.max(0, trajectory.length - 2));
  const [from, to] = [trajectory[i]!, trajectory[i + 1] ?? trajectory[i]!];
  const t = to.time > from.time ? (time - from.time) / (to.time - from.time) : 0;
  const [a, b] = [translationOf(from.worldFromCam), translationOf(to.worldFromCam)];
  const position: Vector3 = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])];
  return rigidPose(quadrangle(trajectory, i, t), position);
}

function lastUpTo(trajectory: readonly TimedPose[], time: number): number {
  let [low, high] = [0, trajectory.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (trajectory[middle]!.time <= time) low = middle;
    else high = middle;
  }
  return low;
}

function quadrangle(trajectory: readonly TimedPose[], i: number, t: number): Matrix3 {
  const rotation = (index: number): Matrix3 =>
    rotationOf(trajectory[Math.min(index, trajectory.length - 1)]!.worldFromCam);
  // The first and the last are their own control rotations.
  const control = (index: number): Matrix3 =>
    index === 0 || index >= trajectory.length - 1
      ? rotation(index)
      : controlPoint(rotation(index - 1), rotation(index), rotation(index + 1));
  const along = interpolate(rotation(i), rotation(i + 1), t);
  return interpolate(along, interpolate(control(i), control(i + 1), t), 2 * t * (1 - t));
}

/** The control rotation of a spherical quadrangle beside `rotation`, from its neighbors. */
function controlPoint(before: Matrix3, rotation: Matrix3, after: Matrix3): Matrix3 {
  const [back, on] = [difference(rotation, before), difference(rotation, after)];
  const step: Vector3 = [-(back[0] + on[0]) / 4, -(back[1] + on[1]) / 4, -(back[2] + on[2]) / 4];
  return multiply3(rotation, rotationFromVector(step));
}

/** Spherical linear interpolation (slerp) between rotations `a` and `b`. */
function interpolate(a: Matrix3, b: Matrix3, t: number): Matrix3 {
  const [x, y, z] = difference(a, b);
  return multiply3(a, rotationFromVector([t * x, t * y, t * z]));
}

/** The rotation vector from `a` to `b`, in the frame of `a`. */
function difference(a: Matrix3, b: Matrix3): Vector3 {
  return vectorFromRotation(multiply3(transpose3(a), b));
}
