import type { Intrinsics } from "../core/camera.ts";
import type { Distortion, Lens } from "../core/lens.ts";
import type { Size } from "../core/view.ts";

type Point = readonly [x: number, y: number];

/** Applies the distortion to normalized image coordinates (x, y). */
export function distortRay(distortion: Distortion | undefined, x: number, y: number): Point {
  if (distortion === undefined) return [x, y];
  const factor = radialFactor(distortion, x * x + y * y);
  if (distortion.model === "fisheye") return [x * factor, y * factor];
  const [p1, p2] = distortion.p;
  const r = x * x + y * y;
  return [x * factor + 2 * p1 * x * y + p2 * (r + 2 * x * x), y * factor + p1 * (r + 2 * y * y) + 2 * p2 * x * y];
}

/** Halvings of an interval, and steps of Newton's method beyond. */
const HALVINGS = 30;
const NEWTON_STEPS = 5;

/**
 * The inverse of `distortRay`: the normalized image coordinates that a lens bends to (u, v); NaN where it shows nothing. The
 * radial part by bisection, then Newton's method with numerical derivatives.
 */
function straightenRay(distortion: Distortion | undefined, u: number, v: number): Point {
  if (distortion === undefined) return [u, v];
  const bent = Math.hypot(u, v);
  if (bent === 0) return [0, 0];
  let [low, high] = [0, Math.min(WIDEST, reachOf(distortion))];
  if (high * radialFactor(distortion, high * high) < bent) return [Number.NaN, Number.NaN];
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (middle * radialFactor(distortion, middle * middle) < bent) low = middle;
    else high = middle;
  }
  let [x, y] = [(u * high) / bent, (v * high) / bent];
  const h = 1e-6;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const [a, b] = distortRay(distortion, x, y);
    const [ax, bx] = distortRay(distortion, x + h, y);
    const [ay, by] = distortRay(distortion, x, y + h);
    const [xx, yx, xy, yy] = [(ax - a) / h, (bx - b) / h, (ay - a) / h, (by - b) / h];
    const determinant = xx * yy - xy * yx;
    x += (yy * (u - a) - xy * (v - b)) / determinant;
    y += (xx * (v - b) - yx * (u - a)) / determinant;
  }
  return [x, y];
}

/** The radial factor of distortion at a squared distance `r` from the axis. */
function radialFactor({ model, k }: Distortion, r: number): number {
  const [k1 = 0, k2 = 0, k3 = 0, k4 = 0, k5 = 0, k6 = 0] = k;
  if (model === "radial") return (1 + r * (k1 + r * (k2 + r * k3))) / (1 + r * (k4 + r * (k5 + r * k6)));
  const radius = Math.sqrt(r);
  if (radius < 1e-9) return 1;
  const angle = Math.atan(radius);
  const t = angle * angle;
  return (angle * (1 + t * (k1 + t * (k2 + t * (k3 + t * k4))))) / radius;
}

/** By distortion: thousands of pixels are straightened by one. */
const reaches = new WeakMap<Distortion, number>();

/** The radius from which the distorted radius decreases, where a polynomial is beyond what it was fitted to. */
function reachOf(distortion: Distortion | undefined): number {
  if (distortion === undefined) return Number.POSITIVE_INFINITY;
  const reach = reaches.get(distortion) ?? measuredReach(distortion);
  reaches.set(distortion, reach);
  return reach;
}

function measuredReach(distortion: Distortion): number {
  const bent = (radius: number) => radius * radialFactor(distortion, radius * radius);
  let radius = 0;
  while (radius < WIDEST && bent(radius + STEP) > bent(radius)) radius += STEP;
  return radius < WIDEST ? radius : Number.POSITIVE_INFINITY;
}

/** Tangents of angles between ray and axis. */
const WIDEST = 16;
const STEP = 1 / 256;

/** Points on each side of a picture where it is tried whether the lens' picture reaches there. */
const SAMPLES = 33;

/**
 * The pinhole camera of `size` with the widest field of view, centered, of which every pixel is in the lens' picture. Both
 * keep the ratio of the lens' focal lengths, and `size` has about the shape of the lens' picture.
 */
export function pinholeWithin(lens: Lens, size: Size): Intrinsics {
  const [fx, fy] = [(lens.intrinsics.fx * size.width) / lens.width, (lens.intrinsics.fy * size.height) / lens.height];
  const scaled = (scale: number): Intrinsics => ({
    fx: fx * scale,
    fy: fy * scale,
    cx: (size.width - 1) / 2,
    cy: (size.height - 1) / 2,
  });
  const reach = reachOf(lens.distortion);
  let [low, high] = [1 / 16, 16];
  for (let step = 0; step < 40; step++) {
    const middle = Math.sqrt(low * high);
    if (isWithin(lens, size, scaled(middle), reach)) high = middle;
    else low = middle;
  }
  return scaled(high);
}

function isWithin(lens: Lens, { width, height }: Size, intrinsics: Intrinsics, reach: number): boolean {
  const { fx, fy, cx, cy } = intrinsics;
  for (let i = 0; i < SAMPLES; i++) {
    // Along the outer edges of the outermost pixels.
    const [x, y] = [(width * i) / (SAMPLES - 1) - 0.5, (height * i) / (SAMPLES - 1) - 0.5];
    const border = [
      [x, -0.5],
      [x, height - 0.5],
      [-0.5, y],
      [width - 0.5, y],
    ] as const;
    for (const [u, v] of border) {
      if (Math.hypot((u - cx) / fx, (v - cy) / fy) > reach) return false;
      if (!isInside(lens, lensPixel(lens, intrinsics, u, v))) return false;
    }
  }
  return true;
}

/** True for a pixel of a picture, up to a rounding error on its edge. */
export function isInside({ width, height }: Size, [x, y]: Point): boolean {
  const slack = 0.5 + 1e-6;
  return x >= -slack && y >= -slack && x <= width - 1 + slack && y <= height - 1 + slack;
}

/** Where a lens' picture has what a pinhole camera in its place has at pixel (u, v). */
export function lensPixel(lens: Lens, { fx, fy, cx, cy }: Intrinsics, u: number, v: number): Point {
  const [x, y] = distortRay(lens.distortion, (u - cx) / fx, (v - cy) / fy);
  return [lens.intrinsics.fx * x + lens.intrinsics.cx, lens.intrinsics.fy * y + lens.intrinsics.cy];
}

/** The inverse of `lensPixel`: where a pinhole camera has what the lens' picture shows at pixel (u, v); NaN where that is nothing. */
export function pinholePixel(lens: Lens, { fx, fy, cx, cy }: Intrinsics, u: number, v: number): Point {
  const { intrinsics, distortion } = lens;
  const [x, y] = straightenRay(distortion, (u - intrinsics.cx) / intrinsics.fx, (v - intrinsics.cy) / intrinsics.fy);
  return [fx * x + cx, fy * y + cy];
}
