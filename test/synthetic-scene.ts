import type { Intrinsics, Pose } from "../src/core/camera.ts";
import type { Scene, SceneImage } from "../src/core/scene.ts";
import type { PixelMapping, Size, View } from "../src/core/view.ts";
import { rigidPose } from "../src/geometry/pose.ts";

/** What differs between synthetic scenes. */
export interface SyntheticOptions {
  readonly names: readonly string[];
  /** At network resolution. */
  readonly size?: Size;
  /** Original pixels to a network pixel. */
  readonly scale?: number;
  /** Original pixels cut away at the left and right, and at the top and bottom. */
  readonly crop?: readonly [number, number];
}

/** A scene that is known exactly: two spheres on a checkered floor before a wall, seen from an arc. */
export interface SyntheticScene {
  readonly scene: Scene;
  readonly views: readonly View[];
  /** The exact depth that photo `image` sees at a position in its original pixels. */
  depthAt(image: number, x: number, y: number): number;
}

/** Traces the scene for every photo; no network, no files. */
export function syntheticScene({
  names,
  size = { width: 64, height: 48 },
  scale = 2.5,
  crop = [10, 4],
}: SyntheticOptions): SyntheticScene {
  const intrinsics: Intrinsics = {
    fx: 0.95 * size.width,
    fy: 0.95 * size.width,
    cx: (size.width - 1) / 2,
    cy: (size.height - 1) / 2,
  };
  const originalFromNetwork: PixelMapping = {
    scaleX: scale,
    scaleY: scale,
    offsetX: 0.5 * scale - 0.5 + crop[0],
    offsetY: 0.5 * scale - 0.5 + crop[1],
  };
  const original: Size = {
    width: Math.round(size.width * scale) + 2 * crop[0],
    height: Math.round(size.height * scale) + 2 * crop[1],
  };
  const spacing = Math.min(0.28, 1 / names.length);
  const poses = names.map((_, i) => arcPose(spacing * (i - (names.length - 1) / 2)));
  const traced = poses.map((pose) => trace(pose, intrinsics, size));
  return {
    scene: {
      units: "arbitrary",
      images: traced.map(({ depth, confidence }, i): SceneImage => {
        return { ...size, registered: true, intrinsics, worldFromCam: poses[i]!, depth, confidence };
      }),
      pairs: names.flatMap((_, j) =>
        names.slice(0, j).map((_, i) => ({ image1: i, image2: j, meanConfidence: 6 / (j - i) })),
      ),
      alignment: { method: names.length > 2 ? "spanning-tree" : "pair", loss: null, iterations: 0, seconds: 0.4 },
    },
    views: traced.map(({ rgb }, i): View => {
      return { ...size, name: names[i]!, rgb, original, originalFromNetwork, hash: String(i) };
    }),
    depthAt(image, x, y) {
      const u = (x - originalFromNetwork.offsetX) / originalFromNetwork.scaleX;
      const v = (y - originalFromNetwork.offsetY) / originalFromNetwork.scaleY;
      return shoot(poses[image]!, [(u - intrinsics.cx) / intrinsics.fx, (v - intrinsics.cy) / intrinsics.fy]).depth;
    },
  };
}

/** Turned by `angle` about the middle of the scene. */
function arcPose(angle: number): Pose {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return rigidPose([cos, 0, -sin, 0, 1, 0, sin, 0, cos], [3 * sin, -0.2, 3 - 3 * cos]);
}

function trace(pose: Pose, { fx, fy, cx, cy }: Intrinsics, { width, height }: Size) {
  const plane = width * height;
  const rgb = new Uint8ClampedArray(3 * plane);
  const depth = new Float32Array(plane);
  const confidence = new Float32Array(plane);
  for (let i = 0; i < plane; i++) {
    const x = ((i % width) - cx) / fx;
    const y = (Math.floor(i / width) - cy) / fy;
    const hit = shoot(pose, [x, y]);
    depth[i] = hit.depth;
    confidence[i] = 1 + 12 * Math.exp(-3 * (x * x + y * y) - 0.2 * hit.depth);
    for (let k = 0; k < 3; k++) rgb[3 * i + k] = 255 * hit.color[k]!;
  }
  return { rgb: new Uint8Array(rgb), depth, confidence };
}

interface Hit {
  readonly depth: number;
  readonly color: readonly number[];
}

const SPHERES = [
  { center: [-0.45, 0.35, 2.7], radius: 0.65, color: [0.93, 0.42, 0.32] },
  { center: [0.65, 0.6, 3.3], radius: 0.4, color: [0.35, 0.62, 0.85] },
] as const;

/** The ray through (x, y, 1) of the camera's frame; its parameter is the z-depth. */
function shoot(pose: Pose, [x, y]: readonly [number, number]): Hit {
  const origin = [pose[3]!, pose[7]!, pose[11]!];
  const ray = [0, 4, 8].map((row) => pose[row]! * x + pose[row + 1]! * y + pose[row + 2]!);
  const at = (t: number): number[] => origin.map((o, k) => o + t * ray[k]!);
  const floor = ray[1]! > 0 ? (1 - origin[1]!) / ray[1]! : Infinity;
  const wall = ray[2]! > 0 ? (5 - origin[2]!) / ray[2]! : Infinity;
  let best: Hit = { depth: wall, color: at(wall).map((p, k) => 0.62 - 0.05 * k + 0.05 * Math.sin(6 * p)) };
  if (floor < wall) {
    const [u = 0, , w = 0] = at(floor);
    const shade = (Math.floor(2 * u) + Math.floor(2 * w)) % 2 === 0 ? 0.3 : 0.78;
    best = { depth: floor, color: [shade, shade * 0.97, shade * 0.9] };
  }
  for (const { center, radius, color } of SPHERES) {
    const t = hitSphere(origin, ray, center, radius);
    if (t >= best.depth) continue;
    const up = (at(t)[1]! - center[1]) / radius;
    best = { depth: t, color: color.map((value) => value * (0.7 - 0.3 * up)) };
  }
  return best;
}

function hitSphere(origin: readonly number[], ray: readonly number[], center: readonly number[], radius: number) {
  let [a, b, c] = [0, 0, -radius * radius];
  for (let k = 0; k < 3; k++) {
    const offset = origin[k]! - center[k]!;
    a += ray[k]! * ray[k]!;
    b += ray[k]! * offset;
    c += offset * offset;
  }
  const t = (-b - Math.sqrt(b * b - a * c)) / a;
  return t > 0 ? t : Infinity;
}
