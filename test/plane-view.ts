import type { Pose } from "../src/core/camera.ts";
import type { Size } from "../src/core/view.ts";
import { rigidPose } from "../src/geometry/pose.ts";
import { rotationFromVector } from "../src/geometry/rotation.ts";
import type { RgbdView } from "../src/rgbd/rgbd-view.ts";

const PLANE_SIZE: Size = { width: 64, height: 48 };
/** The textured plane is z = 4 in the world. */
const DISTANCE = 4;

/** Where camera `index` stands: in front of the plane, a little turned, each from another place. */
export function planePose(index: number): Pose {
  const turn = [0.05 * Math.sin(index), 0.08 * Math.cos(2 * index), 0.1 * Math.sin(3 * index)] as const;
  return rigidPose(rotationFromVector(turn), [0.25 * Math.sin(1.3 * index), 0.2 * Math.cos(index), 0.1 * (index % 5)]);
}

/** A smoothly colored plane as camera `index` sees it, reckoned ray by ray. */
export function planeView(index: number, { width, height }: Size = PLANE_SIZE): RgbdView {
  const worldFromCam = planePose(index);
  const m = worldFromCam;
  const intrinsics = { fx: 60, fy: 62, cx: width / 2 - 0.8, cy: height / 2 + 0.9 };
  const rgb = new Uint8Array(3 * width * height);
  const depth = new Float32Array(width * height);
  for (let i = 0; i < depth.length; i++) {
    const x = ((i % width) - intrinsics.cx) / intrinsics.fx;
    const y = (Math.floor(i / width) - intrinsics.cy) / intrinsics.fy;
    const z = (DISTANCE - m[11]!) / (m[8]! * x + m[9]! * y + m[10]!);
    const [u, v] = [z * (m[0]! * x + m[1]! * y + m[2]!) + m[3]!, z * (m[4]! * x + m[5]! * y + m[6]!) + m[7]!];
    depth[i] = z;
    rgb.set([128 + 100 * Math.sin(2 * u), 128 + 100 * Math.cos(2 * v), 128 + 60 * Math.sin(u + v)], 3 * i);
  }
  return { width, height, rgb, depth, intrinsics, worldFromCam };
}
