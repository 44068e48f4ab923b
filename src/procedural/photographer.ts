import type { Pose } from "../core/camera.ts";
import { gaussian, type Random } from "../core/random.ts";
import type { Size } from "../core/view.ts";
import { overlapOf } from "../rgbd/overlap.ts";
import type { DepthView, PosedCamera } from "../rgbd/rgbd-view.ts";
import { logUniform, pick, uniform } from "./choice.ts";
import { rasterize } from "./rasterize.ts";
import type { SceneLayout } from "./scene-layout.ts";
import { type SceneModel, sceneAt } from "./scene-model.ts";
import type { Walk } from "./shot.ts";
import { add, cross, normalize, scale, subtract, type Vec3 } from "./vec3.ts";

/** Pose of a camera at `eye` that looks at `target`, turned by `roll` radians around its axis; the world's z is up. */
export function lookAt(eye: Vec3, target: Vec3, roll = 0): Pose {
  const forward = normalize(subtract(target, eye));
  const level = normalize(cross(forward, Math.abs(forward[2]) > 0.999 ? [0, 1, 0] : [0, 0, 1]));
  const below = cross(forward, level);
  const [c, s] = [Math.cos(roll), Math.sin(roll)];
  const right = add(scale(level, c), scale(below, s));
  const down = subtract(scale(below, c), scale(level, s));
  return Float64Array.from([0, 1, 2].flatMap((i) => [right[i]!, down[i]!, forward[i]!, eye[i]!]).concat(0, 0, 0, 1));
}

/** Long side of the draft in which a camera is tried, in pixels. */
const DRAFT = 32;
const ATTEMPTS = 24;

/**
 * Cameras for `count` views of `size`: around a target from narrow to opposite, anywhere in the region, along a path,
 * or turning on the spot. Each is in free space, sees more than one bare wall, and nearly always overlaps an earlier
 * one; by how much is drawn, so that baselines come out wide.
 */
export function placeCameras(
  layout: SceneLayout,
  scene: SceneModel,
  random: Random,
  { count, size }: { count: number; size: Size },
): PosedCamera[] {
  const walk = layout.walk?.(random, count) ?? randomWalk(layout, random, count);
  const commonFocal = drawFocal(random);
  const sharesFocal = random() < 0.6;
  const rollSpread = random() < 0.8 ? 0.06 : 0.35;
  const accepted: DepthView[] = [];
  const cameras: PosedCamera[] = [];
  for (let view = 0; view < count; view++) {
    const wanted = random() < 0.08 ? 0 : uniform(random, 0.05, 0.45);
    let best: { draft: DepthView; camera: PosedCamera; score: number } | undefined;
    for (let attempt = 0; attempt < ATTEMPTS && !(best && best.score >= 0); attempt++) {
      const shot = walk(view);
      const { eye: spot, target, shift } = shot;
      const eye: Vec3 = [spot[0], spot[1], spot[2] + (layout.ground?.(spot[0], spot[1]) ?? 0)];
      const focal = shot.focal ?? (sharesFocal ? commonFocal : drawFocal(random));
      const worldFromCam = lookAt(eye, target, shot.roll ?? rollSpread * gaussian(random));
      const camera = cameraOf(size, focal, worldFromCam, shift);
      const draft = tryCamera(
        sceneAt(scene, cameras.length),
        cameraOf(draftSize(size), focal, worldFromCam, shift),
        layout,
      );
      if (draft === undefined) continue;
      const overlap = accepted.reduce((most, other) => Math.max(most, overlapOf(draft, other, 2)), view === 0 ? 1 : 0);
      const score = overlap - wanted;
      if (!best || score > best.score) best = { draft, camera, score };
    }
    if (best === undefined) continue;
    accepted.push(best.draft);
    cameras.push(best.camera);
  }
  return cameras;
}

/**
 * A focal length over the long side of the photo. Most are near those of phones (0.75), depth cameras (0.85) and
 * ordinary lenses (1 to 1.4): where a photo gives no cue of its focal length, a network can only predict the usual one.
 */
function drawFocal(random: Random): number {
  if (random() < 0.25) return logUniform(random, 0.6, 3);
  return Math.min(Math.max(0.9 * Math.exp(0.3 * gaussian(random)), 0.6), 3);
}

function cameraOf(
  { width, height }: Size,
  focal: number,
  worldFromCam: Pose,
  [across, along]: readonly [number, number] = [0, 0],
): PosedCamera {
  const f = focal * Math.max(width, height);
  const [cx, cy] = [(width - 1) / 2 + across * width, (height - 1) / 2 + along * height];
  return { width, height, intrinsics: { fx: f, fy: f, cx, cy }, worldFromCam };
}

function draftSize({ width, height }: Size): Size {
  const shrink = DRAFT / Math.max(width, height);
  return { width: Math.round(width * shrink), height: Math.round(height * shrink) };
}

/** The draft's depth, or nothing when the camera is inside of something, too close, or sees too little. */
function tryCamera(
  scene: SceneModel,
  camera: PosedCamera,
  { nearest = 0.35, leastCovered = 0.35 }: Pick<SceneLayout, "nearest" | "leastCovered">,
): DepthView | undefined {
  const { triangle, inverseDepth } = rasterize(scene, camera, true);
  const shares = new Map<number, number>();
  let covered = 0;
  let close = 0;
  let inside = 0;
  for (let i = 0; i < triangle.length; i++) {
    if (triangle[i]! < -1) inside++;
    if (triangle[i]! < 0) continue;
    covered++;
    if (inverseDepth[i]! > 1 / nearest) close++;
    const object = scene.object[triangle[i]!]!;
    shares.set(object, (shares.get(object) ?? 0) + 1);
  }
  const pixels = triangle.length;
  if (
    inside > 0.02 * pixels ||
    covered < leastCovered * pixels ||
    close > 0.02 * pixels ||
    Math.max(...shares.values()) > 0.8 * pixels
  )
    return undefined;
  return { ...camera, depth: Float32Array.from(inverseDepth, (w) => (w > 0 ? 1 / w : 0)) };
}

function randomWalk(layout: SceneLayout, random: Random, count: number): Walk {
  const { min, max } = layout.region;
  const inside = (p: Vec3): Vec3 =>
    [0, 1, 2].map((i) => Math.max(min[i]!, Math.min(max[i]!, p[i]!))) as unknown as Vec3;
  const anywhere = (): Vec3 => [0, 1, 2].map((i) => uniform(random, min[i]!, max[i]!)) as unknown as Vec3;
  const around = (p: Vec3, spread: number): Vec3 =>
    add(p, [spread * gaussian(random), spread * gaussian(random), 0.6 * spread * gaussian(random)]);
  const target = pick(random, layout.targets);
  const kind = random();
  if (kind < 0.5) {
    const range = logUniform(random, 0.35, Math.PI);
    const base = uniform(random, 0, 2 * Math.PI);
    const reach = 0.5 * Math.max(max[0] - min[0], max[1] - min[1]);
    const radius = uniform(random, 0.4, 1.1) * reach;
    const level = uniform(random, min[2], max[2]);
    return () => {
      const angle = base + range * uniform(random, -1, 1);
      const r = radius * logUniform(random, 0.6, 1.6);
      const height = level + 0.25 * (max[2] - min[2]) * gaussian(random);
      const eye = inside([target[0] + r * Math.cos(angle), target[1] + r * Math.sin(angle), height]);
      return { eye, target: around(target, 0.12 * r) };
    };
  }
  if (kind < 0.8) {
    return () => ({ eye: anywhere(), target: around(random() < 0.6 ? target : pick(random, layout.targets), 0.3) });
  }
  if (kind < 0.92) {
    const [start, end] = [anywhere(), anywhere()];
    return (view) => {
      const t = (view + uniform(random, -0.4, 0.4)) / Math.max(1, count - 1);
      const eye = inside(around(add(start, scale(subtract(end, start), t)), 0.2));
      return { eye, target: around(target, 0.5) };
    };
  }
  const spot = anywhere();
  return () => {
    const eye = inside(around(spot, 0.25));
    return { eye, target: around(target, 0.5 * Math.hypot(...subtract(target, eye))) };
  };
}
