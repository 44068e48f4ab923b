import type { Intrinsics } from "../core/camera.ts";
import { FormatError } from "../core/errors.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/view.ts";
import { CAMERA_PARAMETERS } from "../formats/colmap/camera-models.ts";
import type { ColmapCamera } from "../formats/colmap/model.ts";
import { pinholeIntrinsics } from "../formats/colmap/pinhole.ts";

/** A camera that bends straight lines. */
export interface Lens extends Size {
  readonly intrinsics: Intrinsics;
  /** Where the ray (x, y, 1) seems to come from, as the ray (x', y', 1) of a pinhole camera. */
  distort(x: number, y: number): readonly [number, number];
}

/** The lens of a COLMAP camera; a `FormatError` for the models that are not needed for training sets. */
export function lensOf(camera: ColmapCamera, path: string): Lens {
  const { model, params, width, height } = camera;
  const intrinsics = pinholeIntrinsics(camera);
  const value = (name: string): number => params[CAMERA_PARAMETERS[model].indexOf(name)] ?? 0;
  if (intrinsics === undefined || /FOV|THIN|DIVISION|EUCM|_FISHEYE$/.test(model) !== (model === "OPENCV_FISHEYE")) {
    throw new FormatError(path, `cameras of the model ${model} cannot be undistorted`);
  }
  if (model === "OPENCV_FISHEYE") {
    const [k1, k2, k3, k4] = ["k1", "k2", "k3", "k4"].map(value) as [number, number, number, number];
    return { width, height, intrinsics, distort: (x, y) => bendFisheye(x, y, [k1, k2, k3, k4]) };
  }
  const [k, k1, k2, k3, k4, k5, k6, p1, p2] = ["k", "k1", "k2", "k3", "k4", "k5", "k6", "p1", "p2"].map(
    value,
  ) as number[] as [number, number, number, number, number, number, number, number, number];
  return {
    width,
    height,
    intrinsics,
    distort(x, y) {
      const r = x * x + y * y;
      const radial = (1 + r * (k + k1 + r * (k2 + r * k3))) / (1 + r * (k4 + r * (k5 + r * k6)));
      return [x * radial + 2 * p1 * x * y + p2 * (r + 2 * x * x), y * radial + p1 * (r + 2 * y * y) + 2 * p2 * x * y];
    },
  };
}

/** Kannala and Brandt's polynomial in the angle between ray and axis. */
function bendFisheye(
  x: number,
  y: number,
  [k1, k2, k3, k4]: readonly [number, number, number, number],
): readonly [number, number] {
  const radius = Math.hypot(x, y);
  if (radius < 1e-9) return [x, y];
  const angle = Math.atan(radius);
  const t = angle * angle;
  const factor = (angle * (1 + t * (k1 + t * (k2 + t * (k3 + t * k4))))) / radius;
  return [x * factor, y * factor];
}

/** Points on each side of a picture where it is tried whether the lens' picture reaches there. */
const SAMPLES = 33;

/**
 * The pinhole camera of `size` with the widest field of view, centred, of which every pixel is in the lens' picture. Both
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
  let [low, high] = [1 / 16, 16];
  for (let step = 0; step < 40; step++) {
    const middle = Math.sqrt(low * high);
    if (isWithin(lens, size, scaled(middle))) high = middle;
    else low = middle;
  }
  return scaled(high);
}

function isWithin(lens: Lens, { width, height }: Size, intrinsics: Intrinsics): boolean {
  for (let i = 0; i < SAMPLES; i++) {
    // Along the outer edges of the outermost pixels.
    const [x, y] = [(width * i) / (SAMPLES - 1) - 0.5, (height * i) / (SAMPLES - 1) - 0.5];
    const border = [
      [x, -0.5],
      [x, height - 0.5],
      [-0.5, y],
      [width - 0.5, y],
    ] as const;
    if (!border.every(([u, v]) => isInside(lens, sourcePixel(lens, intrinsics, u, v)))) return false;
  }
  return true;
}

/** Up to a rounding error on the picture's edge. */
function isInside({ width, height }: Size, [x, y]: readonly [number, number]): boolean {
  const slack = 0.5 + 1e-6;
  return x >= -slack && y >= -slack && x <= width - 1 + slack && y <= height - 1 + slack;
}

function sourcePixel(lens: Lens, { fx, fy, cx, cy }: Intrinsics, u: number, v: number): readonly [number, number] {
  const [x, y] = lens.distort((u - cx) / fx, (v - cy) / fy);
  return [lens.intrinsics.fx * x + lens.intrinsics.cx, lens.intrinsics.fy * y + lens.intrinsics.cy];
}

/** The picture that a pinhole camera would have taken in the lens' place, bilinear; black where the lens saw nothing. */
export function undistort(image: RgbImage, lens: Lens, size: Size, intrinsics: Intrinsics): RgbImage {
  const rgb = new Uint8Array(3 * size.width * size.height);
  for (let v = 0, at = 0; v < size.height; v++) {
    for (let u = 0; u < size.width; u++, at += 3) {
      const source = sourcePixel(lens, intrinsics, u, v);
      if (!isInside(image, source)) continue;
      const x = Math.max(0, Math.min(image.width - 1, source[0]));
      const y = Math.max(0, Math.min(image.height - 1, source[1]));
      const [left, top] = [Math.min(Math.floor(x), image.width - 2), Math.min(Math.floor(y), image.height - 2)];
      const [right, down] = [x - left, y - top];
      const from = 3 * (top * image.width + left);
      for (let c = from; c < from + 3; c++) {
        const upper = image.rgb[c]! * (1 - right) + image.rgb[c + 3]! * right;
        const lower = image.rgb[c + 3 * image.width]! * (1 - right) + image.rgb[c + 3 * image.width + 3]! * right;
        rgb[at + (c - from)] = Math.round(upper * (1 - down) + lower * down);
      }
    }
  }
  return { ...size, rgb };
}
