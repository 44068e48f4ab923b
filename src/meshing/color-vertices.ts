import type { RgbImage } from "../core/rgb-image.ts";
import type { PixelMapping } from "../core/view.ts";
import { invertRigid, transformPoints } from "../geometry/pose.ts";
import type { PhotoSurface } from "./photo-surface.ts";

/** Sums of colors of vertices, `[count, 4]`: red, green, blue and weight. */
export type ColorSums = Float32Array;

/** A photo's surface and picture. */
export interface ColoredSurface {
  readonly surface: PhotoSurface;
  readonly picture: RgbImage;
  /** Where in the picture a pixel of the surface is. */
  readonly pictureFromDepth: PixelMapping;
  readonly tolerance: number;
}

/** A vertex of a color that no photo shows. */
const GRAY = 128;

/** Adds the colors in which a photo shows vertices `[count, 3]`: those within `tolerance` of its own surface. */
export function addColors(
  sums: ColorSums,
  positions: Float32Array,
  { surface, picture, pictureFromDepth, tolerance }: ColoredSurface,
): void {
  const { width, height, intrinsics, planes, offsets, weights } = surface;
  const { fx, fy, cx, cy } = intrinsics;
  const { scaleX, scaleY, offsetX, offsetY } = pictureFromDepth;
  const there = transformPoints(invertRigid(surface.worldFromCam), Float64Array.from(positions));
  for (let vertex = 0; vertex < positions.length / 3; vertex++) {
    const [x, y, z] = [there[3 * vertex]!, there[3 * vertex + 1]!, there[3 * vertex + 2]!];
    if (!(z > 0)) continue;
    const [u, v] = [(fx * x) / z + cx, (fy * y) / z + cy];
    const [column, row] = [Math.round(u), Math.round(v)];
    if (!(column >= 0 && row >= 0 && column < width && row < height)) continue;
    const pixel = row * width + column;
    if (weights[pixel] === 0) continue;
    const ahead = 1 - planes[3 * pixel]! * x - planes[3 * pixel + 1]! * y - planes[3 * pixel + 2]! * z;
    if (Math.abs(ahead * offsets[pixel]!) > tolerance) continue;
    // Squared: what sees a place best decides, so that photos blur each other little.
    addColor(sums, 4 * vertex, {
      picture,
      at: [scaleX * u + offsetX, scaleY * v + offsetY],
      weight: weights[pixel]! ** 2,
    });
  }
}

interface Sample {
  readonly picture: RgbImage;
  readonly at: readonly [x: number, y: number];
  readonly weight: number;
}

function addColor(sums: ColorSums, to: number, { picture: { width, height, rgb }, at: [x, y], weight }: Sample): void {
  const [u, v] = [Math.max(0, Math.min(width - 1, x)), Math.max(0, Math.min(height - 1, y))];
  const [left, top] = [Math.floor(u), Math.floor(v)];
  const right = left + 1 < width ? 3 : 0;
  const down = top + 1 < height ? 3 * width : 0;
  const [across, below] = [u - left, v - top];
  const from = 3 * (top * width + left);
  for (let k = from; k < from + 3; k++) {
    const upper = rgb[k]! + across * (rgb[k + right]! - rgb[k]!);
    const lower = rgb[k + down]! + across * (rgb[k + down + right]! - rgb[k + down]!);
    sums[to + k - from]! += weight * (upper + below * (lower - upper));
  }
  sums[to + 3]! += weight;
}

/** `[count, 3]`, sRGB: the mean colors. */
export function meanColors(sums: ColorSums): Uint8Array {
  return Uint8Array.from({ length: (3 * sums.length) / 4 }, (_, i) => {
    const at = 4 * Math.floor(i / 3);
    return sums[at + 3]! > 0 ? Math.round(sums[at + (i % 3)]! / sums[at + 3]!) : GRAY;
  });
}
