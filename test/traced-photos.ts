import type { Intrinsics, Pose } from "../src/core/camera.ts";
import type { RgbImage } from "../src/core/rgb-image.ts";
import type { Size } from "../src/core/size.ts";
import { addScaled, cross, dot, subtract, type Vector3 } from "../src/geometry/mat3.ts";
import { rotationOf, translationOf } from "../src/geometry/pose.ts";

/** A rectangle of the world, as high and wide as `half` says twice; gray from 0 to 1 by its own coordinates, or a mirror. */
export interface Rectangle {
  readonly center: Vector3;
  /** Of length 1; its own x axis and y axis. */
  readonly right: Vector3;
  readonly down: Vector3;
  readonly half: readonly [number, number];
  readonly paint: ((u: number, v: number) => number) | "mirror";
}

/** A picture and the depth at each of its pixels. */
export interface TracedPhoto {
  readonly image: RgbImage;
  /** `[height, width]`, 0 where nothing is hit. */
  readonly depth: Float32Array;
}

/** An upright rectangle that faces cameras which look along z. */
export function board(center: Vector3, half: readonly [number, number], paint: Rectangle["paint"]): Rectangle {
  return { center, right: [1, 0, 0], down: [0, 1, 0], half, paint };
}

/** A surface with structure at every scale from a unit down to a twentieth, different for every seed. */
export function mottled(seed: number): (u: number, v: number) => number {
  return (u, v) => {
    let [value, share] = [0, 0];
    for (let octave = 0; octave < 5; octave++) {
      const step = 2 ** -octave;
      value += step ** 0.3 * smooth(u / step, v / step, 31 * seed + octave);
      share += step ** 0.3;
    }
    return 0.5 + 1.6 * (value / share - 0.5);
  };
}

/** Between values at whole places that a hash gives. */
function smooth(x: number, y: number, seed: number): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const [a, b] = [x - column, y - row].map((t) => t * t * (3 - 2 * t)) as [number, number];
  const at = (i: number, j: number) => hash(column + i, row + j, seed);
  return (1 - b) * ((1 - a) * at(0, 0) + a * at(1, 0)) + b * ((1 - a) * at(0, 1) + a * at(1, 1));
}

function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(seed, 2147483647);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** What a camera sees of rectangles, a ray a pixel. Its lens bends lines by `1 + k1 r²`. */
export function tracePhoto(
  surfaces: readonly Rectangle[],
  {
    width,
    height,
    worldFromCam,
    intrinsics,
    k1 = 0,
  }: Size & { readonly worldFromCam: Pose; readonly intrinsics: Intrinsics; readonly k1?: number },
): TracedPhoto {
  const { fx, fy, cx, cy } = intrinsics;
  const [m, origin] = [rotationOf(worldFromCam), translationOf(worldFromCam)];
  const rgb = new Uint8Array(3 * width * height);
  const depth = new Float32Array(width * height);
  for (let i = 0; i < width * height; i++) {
    const [bentX, bentY] = [((i % width) - cx) / fx, (Math.floor(i / width) - cy) / fy];
    let [x, y] = [bentX, bentY];
    for (let step = 0; step < 20 && k1 !== 0; step++) {
      const factor = 1 + k1 * (x * x + y * y);
      [x, y] = [bentX / factor, bentY / factor];
    }
    const ray: Vector3 = [m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5], m[6] * x + m[7] * y + m[8]];
    const { value, distance } = follow(surfaces, origin, ray, 1);
    depth[i] = distance;
    rgb.fill(Math.round(255 * Math.min(1, Math.max(0, value))), 3 * i, 3 * i + 3);
  }
  return { image: { width, height, rgb }, depth };
}

interface Seen {
  readonly value: number;
  /** 0 where nothing is hit. */
  readonly distance: number;
}

function follow(surfaces: readonly Rectangle[], origin: Vector3, ray: Vector3, reflections: number): Seen {
  let [nearest, distance, place]: [Rectangle | undefined, number, readonly [number, number]] = [
    undefined,
    Infinity,
    [0, 0],
  ];
  for (const surface of surfaces) {
    const normal = cross(surface.right, surface.down);
    const t = dot(subtract(surface.center, origin), normal) / dot(ray, normal);
    if (!(t > 1e-6 && t < distance)) continue;
    const offset = subtract(addScaled(origin, t, ray), surface.center);
    const [u, v] = [dot(offset, surface.right), dot(offset, surface.down)];
    if (Math.abs(u) > surface.half[0] || Math.abs(v) > surface.half[1]) continue;
    [nearest, distance, place] = [surface, t, [u, v]];
  }
  if (nearest === undefined) return { value: 0, distance: 0 };
  if (nearest.paint !== "mirror") return { value: nearest.paint(...place), distance };
  if (reflections === 0) return { value: 0.5, distance };
  const normal = cross(nearest.right, nearest.down);
  const turned = addScaled(ray, -2 * dot(ray, normal), normal);
  const { value } = follow(surfaces, addScaled(origin, distance, ray), turned, reflections - 1);
  return { value, distance };
}
