import type { Intrinsics } from "../core/camera.ts";
import type { Size } from "../core/size.ts";
import type { PixelMapping } from "../core/view.ts";
import { normalize, type Vector3 } from "./mat3.ts";

/**
 * A plane for every pixel: planes are linear in inverse depth, w(x + dx, y + dy) = w + dx slopeX + dy slopeY. All
 * `[height, width]`.
 */
export interface PlaneMap extends Size {
  /** One over the z-depth at the pixel; 0 where nothing is known. */
  readonly inverseDepth: Float32Array;
  /** Change of the inverse depth per pixel to the right. */
  readonly slopeX: Float32Array;
  /** Change of the inverse depth per pixel downwards. */
  readonly slopeY: Float32Array;
}

/** A map without planes. */
export function emptyPlanes({ width, height }: Size): PlaneMap {
  const pixels = width * height;
  const map = () => new Float32Array(pixels);
  return { width, height, inverseDepth: map(), slopeX: map(), slopeY: map() };
}

/** The plane's unit normal towards the camera, in the camera's frame: a plane is n·X = 1 with n linear in w and its slopes. */
export function planeNormal(
  { fx, fy, cx, cy }: Intrinsics,
  [x, y]: readonly [x: number, y: number],
  [w, slopeX, slopeY]: readonly [w: number, slopeX: number, slopeY: number],
): Vector3 {
  return normalize([-fx * slopeX, -fy * slopeY, -(w + (cx - x) * slopeX + (cy - y) * slopeY)]);
}

/**
 * Planes for another picture of the same camera, by the nearest pixel's plane; `mapping` leads from its pixels to those of
 * `planes`, and what lies beyond these has the outermost ones.
 */
export function resampledPlanes(planes: PlaneMap, size: Size, mapping: PixelMapping): PlaneMap {
  const result = emptyPlanes(size);
  const { scaleX, scaleY, offsetX, offsetY } = mapping;
  for (let y = 0, at = 0; y < size.height; y++) {
    const v = scaleY * y + offsetY;
    const row = Math.max(0, Math.min(planes.height - 1, Math.round(v)));
    for (let x = 0; x < size.width; x++, at++) {
      const u = scaleX * x + offsetX;
      const column = Math.max(0, Math.min(planes.width - 1, Math.round(u)));
      const from = row * planes.width + column;
      const w = planes.inverseDepth[from]!;
      const [slopeX, slopeY] = [planes.slopeX[from]!, planes.slopeY[from]!];
      const [right, down] = [clamped(u - column), clamped(v - row)];
      // Extrapolated over half a pixel, but never to the other side of the camera.
      result.inverseDepth[at] = Math.max(0.5 * w, w + right * slopeX + down * slopeY);
      result.slopeX[at] = scaleX * slopeX;
      result.slopeY[at] = scaleY * slopeY;
    }
  }
  return result;
}

function clamped(distance: number): number {
  return Math.max(-0.5, Math.min(0.5, distance));
}

/** Neighbors whose inverse depths differ by more than this factor lie on different surfaces. */
const EDGE_RATIO = 1.1;

/** The planes of a z-depth map, 0 where it has none, by differences to the neighbors on the same surface. */
export function planesOfDepth(depth: Float32Array, size: Size): PlaneMap {
  const planes = emptyPlanes(size);
  const { width, height } = size;
  const { inverseDepth, slopeX, slopeY } = planes;
  for (let i = 0; i < depth.length; i++) inverseDepth[i] = depth[i]! > 0 ? 1 / depth[i]! : 0;
  const slope = (i: number, before: number, after: number): number => {
    const w = inverseDepth[i]!;
    let [sum, count] = [0, 0];
    for (const [other, sign] of [
      [before, -1],
      [after, 1],
    ] as const) {
      const there = other < 0 ? 0 : inverseDepth[other]!;
      if (!(Math.max(w, there) <= EDGE_RATIO * Math.min(w, there))) continue;
      sum += sign * (there - w);
      count++;
    }
    return count === 0 ? 0 : sum / count;
  };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (inverseDepth[i] === 0) continue;
      slopeX[i] = slope(i, x > 0 ? i - 1 : -1, x + 1 < width ? i + 1 : -1);
      slopeY[i] = slope(i, y > 0 ? i - width : -1, y + 1 < height ? i + width : -1);
    }
  }
  return planes;
}
