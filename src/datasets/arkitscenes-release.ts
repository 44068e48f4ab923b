import { joinPath, readText } from "#platform";
import type { Intrinsics, Pose } from "../core/camera.ts";
import { FormatError, InputError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";
import { invertRigid, rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import type { TimedPose } from "../geometry/trajectory.ts";

const MOST_BYTES = 2 ** 27;
/** File names of one moment differ by up to this, in seconds. */
const SAME_MOMENT = 0.001;

/** The recorded poses of a scene, in the order of time: lines of a time, axis times angle, and translation, camera from world. */
export async function readTrajectory(path: string): Promise<readonly TimedPose[]> {
  const lines = (await requireText(path, "the recorded poses are expected"))
    .split("\n")
    .filter((line) => line.trim() !== "");
  const poses = lines.map((line, i) => {
    const values = line.trim().split(/\s+/).map(Number);
    if (values.length !== 7 || !values.every(Number.isFinite)) {
      throw new FormatError(
        path,
        `line ${i + 1}: a time, three numbers of rotation and three of translation are expected`,
      );
    }
    const [time, rx, ry, rz, tx, ty, tz] = values as [number, number, number, number, number, number, number];
    const camFromWorld = rigidPose(rotationFromVector([rx, ry, rz]), [tx, ty, tz]);
    return { time, worldFromCam: invertRigid(camFromWorld) };
  });
  return poses.sort((a, b) => a.time - b.time);
}

/** Width, height, focal lengths and principal point of a photo, from its `.pincam` file. */
export async function readPincam(folder: string, photo: string): Promise<Size & { readonly intrinsics: Intrinsics }> {
  for (const name of namesOfMoment(photo)) {
    const path = joinPath(folder, `${name}.pincam`);
    const text = await readText(path);
    if (text === undefined) continue;
    const values = text.trim().split(/\s+/).map(Number);
    const [width, height, fx, fy, cx, cy] = values as [number, number, number, number, number, number];
    if (values.length !== 6 || !values.every(Number.isFinite) || !(width > 0 && height > 0 && fx > 0 && fy > 0)) {
      throw new FormatError(path, "expected a width, a height, fx, fy, cx and cy");
    }
    return { width, height, intrinsics: { fx, fy, cx, cy } };
  }
  throw new InputError(
    `${joinPath(folder, `${photo}.pincam`)}: there is no such file; the photo's intrinsics are expected`,
  );
}

/** The time in a photo's name, such as `41048190_3414.834`. */
export function momentOf(photo: string): number {
  return Number(photo.replace(/^.*_/, ""));
}

/** The names that a photo's other files may have: clocks were rounded differently. */
export function namesOfMoment(photo: string): readonly string[] {
  const scene = photo.replace(/_[^_]*$/, "");
  return [0, -SAME_MOMENT, SAME_MOMENT].map((shift) =>
    shift === 0 ? photo : `${scene}_${(momentOf(photo) + shift).toFixed(3)}`,
  );
}

/**
 * By how many quarters of a turn to the left a scene's photos come upright: the tablet was held in one way throughout, and
 * the world's third axis points to the sky.
 */
export function quartersToUpright(poses: readonly Pose[]): number {
  const [right, down] = [0, 1].map((axis) => poses.reduce((sum, pose) => sum + pose[8 + axis]!, 0)) as [number, number];
  if (Math.abs(down) >= Math.abs(right)) return down <= 0 ? 0 : 2;
  return right > 0 ? 1 : 3;
}

async function requireText(path: string, purpose: string): Promise<string> {
  const text = await readText(path, MOST_BYTES);
  if (text === undefined) throw new InputError(`${path}: there is no such file; ${purpose}`);
  return text;
}
