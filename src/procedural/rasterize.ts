import type { Pose } from "../core/camera.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import { type GeometryPart, isOutOfFrame, type PartedGeometry } from "./geometry-part.ts";

/** The visible triangle at each pixel center. */
export interface VisibilityBuffer {
  /** `[height, width]`, index of the triangle, -1 where there is none. */
  readonly triangle: Int32Array;
  /** `[height, width]`, one over the depth along the optical axis, 0 where there is nothing. */
  readonly inverseDepth: Float64Array;
}

const NEAR = 0.02;

/**
 * The visible triangles of a scene, exact at pixel centers. With corners v0, v1, v2 in the camera's frame and the
 * pixel's ray r (r.z = 1), each edge function (v1 × v2)·r / det is barycentric coordinate over depth and their sum is
 * one over depth (Olano and Greer, "Triangle scan conversion using 2D homogeneous coordinates", 1997): linear in the
 * pixel, and right without clipping for triangles that reach behind the camera. Faces turned away are skipped, unless
 * `backFaces` asks for them: these get the index `-2 - triangle`. Parts with two sides have outer ones only.
 */
export function rasterize(geometry: PartedGeometry, camera: PosedCamera, backFaces = false): VisibilityBuffer {
  const { positions, triangles } = geometry;
  const pixels = camera.width * camera.height;
  const buffer = { triangle: new Int32Array(pixels).fill(-1), inverseDepth: new Float64Array(pixels) };
  if (points.length < positions.length) points = new Float64Array(positions.length);
  for (const part of geometry.parts) {
    if (isOutOfFrame(part, camera)) continue;
    toCamera(positions, part, camera.worldFromCam);
    drawPart(triangles, part, camera, backFaces, buffer);
  }
  return buffer;
}

/** `[vertices, 3]` in the camera's frame, of the parts in view: written anew for every picture. */
let points: Float64Array = new Float64Array(0);

function toCamera(positions: Float32Array, { firstVertex, endVertex }: GeometryPart, m: Pose): void {
  const [tx, ty, tz] = [m[3]!, m[7]!, m[11]!];
  for (let i = 3 * firstVertex; i < 3 * endVertex; i += 3) {
    const x = positions[i]! - tx;
    const y = positions[i + 1]! - ty;
    const z = positions[i + 2]! - tz;
    points[i] = m[0]! * x + m[4]! * y + m[8]! * z;
    points[i + 1] = m[1]! * x + m[5]! * y + m[9]! * z;
    points[i + 2] = m[2]! * x + m[6]! * y + m[10]! * z;
  }
}

function drawPart(
  triangles: Uint32Array,
  { firstTriangle, endTriangle, twoSided = false }: GeometryPart,
  { width, height, intrinsics }: PosedCamera,
  backFaces: boolean,
  { triangle, inverseDepth }: VisibilityBuffer,
): void {
  const { fx, fy, cx, cy } = intrinsics;
  for (let t = 3 * firstTriangle; t < 3 * endTriangle; t += 3) {
    const i = 3 * triangles[t]!;
    const j = 3 * triangles[t + 1]!;
    const k = 3 * triangles[t + 2]!;
    const az = points[i + 2]!;
    const bz = points[j + 2]!;
    const cz = points[k + 2]!;
    if (az < NEAR && bz < NEAR && cz < NEAR) continue;
    const ax = points[i]!;
    const ay = points[i + 1]!;
    const bx = points[j]!;
    const by = points[j + 1]!;
    const cx_ = points[k]!;
    const cy_ = points[k + 1]!;
    // Edge functions in ray coordinates; the determinant is negative for a face turned toward the camera.
    const e0x = by * cz - bz * cy_;
    const e0y = bz * cx_ - bx * cz;
    const e0z = bx * cy_ - by * cx_;
    const determinant = ax * e0x + ay * e0y + az * e0z;
    if (!(determinant < 0 || ((backFaces || twoSided) && determinant > 0))) continue;
    const index = determinant < 0 || twoSided ? t / 3 : -2 - t / 3;

    let x0 = 0;
    let x1 = width - 1;
    let y0 = 0;
    let y1 = height - 1;
    if (az >= NEAR && bz >= NEAR && cz >= NEAR) {
      const ua = (fx * ax) / az;
      const ub = (fx * bx) / bz;
      const uc = (fx * cx_) / cz;
      const va = (fy * ay) / az;
      const vb = (fy * by) / bz;
      const vc = (fy * cy_) / cz;
      x0 = Math.max(0, Math.ceil(cx + (ua < ub ? (ua < uc ? ua : uc) : ub < uc ? ub : uc)));
      x1 = Math.min(width - 1, Math.floor(cx + (ua > ub ? (ua > uc ? ua : uc) : ub > uc ? ub : uc)));
      y0 = Math.max(0, Math.ceil(cy + (va < vb ? (va < vc ? va : vc) : vb < vc ? vb : vc)));
      y1 = Math.min(height - 1, Math.floor(cy + (va > vb ? (va > vc ? va : vc) : vb > vc ? vb : vc)));
      if (x0 > x1 || y0 > y1) continue;
    }
    // Per pixel: value = column * x + row * y + constant, for three edges and their sum.
    const inverse = 1 / determinant;
    const sx = inverse / fx;
    const sy = inverse / fy;
    const e1x = cy_ * az - cz * ay;
    const e1y = cz * ax - cx_ * az;
    const e1z = cx_ * ay - cy_ * ax;
    const e2x = ay * bz - az * by;
    const e2y = az * bx - ax * bz;
    const e2z = ax * by - ay * bx;
    const column0 = e0x * sx;
    const column1 = e1x * sx;
    const column2 = e2x * sx;
    const row0 = e0y * sy;
    const row1 = e1y * sy;
    const row2 = e2y * sy;
    const constant0 = e0z * inverse - column0 * cx - row0 * cy;
    const constant1 = e1z * inverse - column1 * cx - row1 * cy;
    const constant2 = e2z * inverse - column2 * cx - row2 * cy;
    const step = column0 + column1 + column2;
    for (let y = y0; y <= y1; y++) {
      const f0 = row0 * y + constant0;
      const f1 = row1 * y + constant1;
      const f2 = row2 * y + constant2;
      let low = x0;
      let high = x1;
      if (column0 > 0) low = Math.max(low, -f0 / column0);
      else if (column0 < 0) high = Math.min(high, -f0 / column0);
      else if (f0 < 0) continue;
      if (column1 > 0) low = Math.max(low, -f1 / column1);
      else if (column1 < 0) high = Math.min(high, -f1 / column1);
      else if (f1 < 0) continue;
      if (column2 > 0) low = Math.max(low, -f2 / column2);
      else if (column2 < 0) high = Math.min(high, -f2 / column2);
      else if (f2 < 0) continue;
      const first = Math.ceil(low);
      const last = Math.floor(high);
      let w = f0 + f1 + f2 + step * first;
      for (let at = y * width + first; at <= y * width + last; at++) {
        if (w > inverseDepth[at]! && w < 1 / NEAR) {
          inverseDepth[at] = w;
          triangle[at] = index;
        }
        w += step;
      }
    }
  }
}
