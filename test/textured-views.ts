import type { Pose } from "../src/core/camera.ts";
import { seededRandom } from "../src/core/random.ts";
import type { Size } from "../src/core/size.ts";
import type { StereoView } from "../src/stereo/stereo-view.ts";

/** A surface: the first hit of the ray from `eye` along `ray`, as a factor of it; infinite where it misses. */
export type Surface = (eye: readonly number[], ray: readonly number[]) => number;

/** The plane n·X = d. */
export function plane(normal: readonly number[], d: number): Surface {
  return (eye, ray) => {
    const t = (d - dot(normal, eye)) / dot(normal, ray);
    return t > 0 ? t : Number.POSITIVE_INFINITY;
  };
}

/** A sphere. */
export function sphere(center: readonly number[], radius: number): Surface {
  return (eye, ray) => {
    const from = eye.map((value, k) => value - center[k]!);
    const [a, b, c] = [dot(ray, ray), dot(ray, from), dot(from, from) - radius * radius];
    const t = (-b - Math.sqrt(b * b - a * c)) / a;
    return t > 0 ? t : Number.POSITIVE_INFINITY;
  };
}

/** A photo of textured surfaces, with exact depth. */
export interface TexturedView extends StereoView {
  /** `[height, width]`, 0 where no surface is. */
  readonly depth: Float32Array;
}

/** How surfaces look: brightness 0 to 255 of a place in the world. */
type Texture = (point: readonly number[]) => number;

/** What a camera at a pose sees of surfaces. */
export function texturedView(
  worldFromCam: Pose,
  surfaces: readonly Surface[],
  { width, height, texture = noise() }: Size & { readonly texture?: Texture },
): TexturedView {
  const intrinsics = { fx: 1.1 * width, fy: 1.1 * width, cx: (width - 1) / 2 + 0.7, cy: (height - 1) / 2 - 0.4 };
  const p = worldFromCam;
  const eye = [p[3]!, p[7]!, p[11]!];
  const gray = new Uint8Array(width * height);
  const depth = new Float32Array(width * height);
  for (let i = 0; i < gray.length; i++) {
    const x = ((i % width) - intrinsics.cx) / intrinsics.fx;
    const y = (Math.floor(i / width) - intrinsics.cy) / intrinsics.fy;
    const ray = [0, 4, 8].map((row) => p[row]! * x + p[row + 1]! * y + p[row + 2]!);
    const t = Math.min(...surfaces.map((surface) => surface(eye, ray)).map((hit) => (hit > 0 ? hit : Infinity)));
    if (!Number.isFinite(t)) continue;
    depth[i] = t;
    gray[i] = Math.max(0, Math.min(255, Math.round(texture(eye.map((e, k) => e + t * ray[k]!)))));
  }
  return { width, height, gray, depth, intrinsics, worldFromCam };
}

/** Waves of many directions and lengths: a texture without repetition. */
function noise(seed = "texture", amplitude = 110): Texture {
  const random = seededRandom(seed);
  const waves = Array.from({ length: 40 }, (_, k) => {
    const frequency = 4 * 1.055 ** k;
    const direction = [random() - 0.5, random() - 0.5, random() - 0.5];
    const scale = frequency / Math.hypot(...direction);
    return { wave: direction.map((value) => scale * value), phase: 7 * random() };
  });
  return (point) => {
    let sum = 0;
    for (const { wave, phase } of waves) sum += Math.sin(dot(wave, point) + phase);
    return 128 + (amplitude * sum) / 8;
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
}
