import { addScaled, dot, scaleVector3, subtract, type Vector3 } from "../../geometry/mat3.ts";
import type { PosedDepth } from "./posed-depth.ts";

/** A place in a photo and the point of the world that the photo has there. */
export interface Observation {
  /** The nearest pixel, as an index into the photo. */
  readonly pixel: number;
  /** Network pixels, between pixel centers. */
  readonly x: number;
  readonly y: number;
  readonly point: Vector3;
}

/** What a photo has at the center of a pixel. */
export function observationAt(photo: PosedDepth, pixel: number): Observation {
  const { width } = photo.image;
  return { pixel, x: pixel % width, y: Math.floor(pixel / width), point: photo.toWorld(pointAt(photo, pixel)) };
}

/**
 * The mutual nearest neighbor in `to` of an observation in `from`: of all points of `to` the one nearest to the
 * observation's, provided that the observation's pixel is in turn the nearest of `from`. Undefined where there is none.
 *
 * A match that lies more than `radius` pixels from where the point projects would be no inlier, so only pixels around
 * the projection are searched. That finds exactly the matches a search through all pixels would, as long as they are
 * within the radius, at a cost that does not grow with the size of the photos.
 */
export function matchPoint(
  from: PosedDepth,
  { pixel, point }: Observation,
  to: PosedDepth,
  radius: number,
): Observation | undefined {
  const match = nearestPixel(point, to, radius);
  if (match < 0) return undefined;
  const back = nearestPixel(to.toWorld(pointAt(to, match)), from, radius);
  return back === pixel ? refine(to, match, point) : undefined;
}

/** The pixel, within `radius` of where the point projects, with the nearest point; -1 where all are further away. */
function nearestPixel(point: Vector3, photo: PosedDepth, radius: number): number {
  const inCamera = photo.toCamera(point);
  const projection = photo.project(inCamera);
  if (projection === undefined) return -1;
  const [u, v] = projection;
  const { width, height, intrinsics } = photo.image;
  const [left, right] = [Math.max(0, Math.ceil(u - radius)), Math.min(width - 1, Math.floor(u + radius))];
  const [top, bottom] = [Math.max(0, Math.ceil(v - radius)), Math.min(height - 1, Math.floor(v + radius))];
  let nearest = -1;
  let least = ((radius * inCamera[2]) / intrinsics.fx) ** 2;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const pixel = y * width + x;
      const depth = photo.depthAt(pixel);
      if (!(depth > 0)) continue;
      const distance = squaredDistance(photo.unproject(x, y, depth), inCamera);
      if (distance >= least) continue;
      least = distance;
      nearest = pixel;
    }
  }
  return nearest;
}

/**
 * The place between pixel centers where the photo's surface comes nearest to a point: the surface around the pixel is
 * taken for plane, and the point dropped onto it. At the edge of a surface it stays at the center.
 */
function refine(photo: PosedDepth, pixel: number, point: Vector3): Observation {
  const { width, height } = photo.image;
  const atCenter = observationAt(photo, pixel);
  const { x, y } = atCenter;
  const right = x > 0 && x < width - 1 ? slope(photo, pixel, 1) : undefined;
  const down = y > 0 && y < height - 1 ? slope(photo, pixel, width) : undefined;
  if (right === undefined || down === undefined) return atCenter;
  const center = pointAt(photo, pixel);
  const offset = subtract(photo.toCamera(point), center);
  const [a, b, c] = [dot(right, right), dot(right, down), dot(down, down)];
  const [p, q] = [dot(right, offset), dot(down, offset)];
  const determinant = a * c - b * b;
  const [dx, dy] = [(c * p - b * q) / determinant, (a * q - b * p) / determinant];
  if (!(Math.abs(dx) <= 1 && Math.abs(dy) <= 1)) return atCenter;
  const moved = addScaled(addScaled(center, dx, right), dy, down);
  return { pixel, x: x + dx, y: y + dy, point: photo.toWorld(moved) };
}

/** How the point changes from one pixel to the next; undefined at the edge of a surface. */
function slope(photo: PosedDepth, pixel: number, step: number): Vector3 | undefined {
  if (photo.depthAt(pixel - step) === 0 || photo.depthAt(pixel + step) === 0) return undefined;
  const [behind, center, ahead] = [pointAt(photo, pixel - step), pointAt(photo, pixel), pointAt(photo, pixel + step)];
  const lengths = [squaredDistance(behind, center), squaredDistance(ahead, center)];
  // On one surface the two steps are of about one length.
  if (Math.max(...lengths) > 4 * Math.min(...lengths)) return undefined;
  return scaleVector3(0.5, subtract(ahead, behind));
}

/** In the camera's frame. */
function pointAt(photo: PosedDepth, pixel: number): Vector3 {
  const { width } = photo.image;
  return photo.unproject(pixel % width, Math.floor(pixel / width), photo.depthAt(pixel));
}

function squaredDistance(a: Vector3, b: Vector3): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}
