import type { Pose } from "../core/camera.ts";
import type { Size } from "../core/view.ts";
import type { WaymoLaser } from "../formats/waymo-frame.ts";
import { type Matrix3, multiply3 } from "../geometry/mat3.ts";
import { composePoses, rigidPose } from "../geometry/pose.ts";

/** The photo that depth is wanted for. */
export interface LidarTarget {
  readonly camera: number;
  readonly camFromWorld: Pose;
  /** Of the photo as it was taken. */
  readonly full: Size;
  /** Of the depth. */
  readonly size: Size;
}

/**
 * Depth `[height, width]` of the points that lasers measured and a camera sees, each in the pixel where the release says it
 * is seen, lens distortion and rolling shutter included; of several the nearest, and 0 where there is none.
 * @param worldFromVehicle in the middle of the frame, where scans without poses of their own stand
 */
export function lidarDepth(
  lasers: readonly WaymoLaser[],
  worldFromVehicle: Pose,
  { camera, camFromWorld, full, size }: LidarTarget,
): Float32Array {
  const depth = new Float32Array(size.width * size.height);
  for (const laser of lasers) {
    const { width, ranges, projections, poses, vehicleFromLaser } = laser;
    const camFromVehicle = composePoses(camFromWorld, worldFromVehicle);
    for (let i = 0; i < ranges.length; i++) {
      const seen = [6 * i, 6 * i + 3].find((at) => projections[at] === camera);
      if (seen === undefined || !(ranges[i]! > 0)) continue;
      const direction = beamDirection(laser, Math.floor(i / width), i % width);
      const moved = poses === undefined ? camFromVehicle : composePoses(camFromWorld, posedVehicle(poses, i));
      const z = lastRow(moved, lengthened(vehicleFromLaser, direction, ranges[i]!));
      const x = Math.floor((projections[seen + 1]! * size.width) / full.width);
      const y = Math.floor((projections[seen + 2]! * size.height) / full.height);
      if (!(z > 0) || x < 0 || y < 0 || x >= size.width || y >= size.height) continue;
      const known = depth[y * size.width + x]!;
      if (known === 0 || z < known) depth[y * size.width + x] = z;
    }
  }
  return depth;
}

type Vector = readonly [number, number, number];

/**
 * The direction of a beam in the laser's frame; columns run from behind over the left to behind, seen from above
 * clockwise.
 */
function beamDirection({ width, inclinations, vehicleFromLaser: m }: WaymoLaser, row: number, column: number): Vector {
  const turned = Math.atan2(m[4]!, m[0]!);
  const azimuth = Math.PI * ((2 * (width - column - 0.5)) / width - 1) - turned;
  const inclination = inclinations[row]!;
  const level = Math.cos(inclination);
  return [level * Math.cos(azimuth), level * Math.sin(azimuth), Math.sin(inclination)];
}

function lengthened(m: Pose, [x, y, z]: Vector, range: number): Vector {
  return [0, 4, 8].map((row) => range * (m[row]! * x + m[row + 1]! * y + m[row + 2]! * z) + m[row + 3]!) as never;
}

function lastRow(m: Pose, [x, y, z]: Vector): number {
  return m[8]! * x + m[9]! * y + m[10]! * z + m[11]!;
}

/**
 * World from vehicle, when the beam of cell `i` was sent: rotated about x by roll, y by pitch, z by yaw, in this order.
 */
function posedVehicle(poses: Float32Array, i: number): Pose {
  const [roll, pitch, yaw, x, y, z] = poses.subarray(6 * i, 6 * i + 6) as unknown as readonly number[];
  const [cr, sr, cp, sp] = [Math.cos(roll!), Math.sin(roll!), Math.cos(pitch!), Math.sin(pitch!)];
  const [cy, sy] = [Math.cos(yaw!), Math.sin(yaw!)];
  const aboutX: Matrix3 = [1, 0, 0, 0, cr, -sr, 0, sr, cr];
  const aboutY: Matrix3 = [cp, 0, sp, 0, 1, 0, -sp, 0, cp];
  const aboutZ: Matrix3 = [cy, -sy, 0, sy, cy, 0, 0, 0, 1];
  return rigidPose(multiply3(aboutZ, multiply3(aboutY, aboutX)), [x!, y!, z!]);
}
