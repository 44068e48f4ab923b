import { Matrix4, type PerspectiveCamera, Vector3 } from "three";
import type { PointCloud } from "./point-cloud.ts";

/** CSS pixels around the pointer within which a point counts as pointed at. */
const REACH = 12;

/** A place on the canvas, and the canvas's size, all in CSS pixels. */
export interface Pointer {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The point that is pointed at, in the world frame (OpenCV axes): of those within reach the one that is nearest to the eye,
 * where a pixel off counts as much as a hundredth of the distance. Null where there is none.
 */
export function pickPoint(
  clouds: readonly PointCloud[],
  camera: PerspectiveCamera,
  { x, y, width, height }: Pointer,
): Vector3 | null {
  const projection = new Matrix4();
  let best = Infinity;
  const picked = new Vector3();
  for (const { object, drawn } of clouds) {
    object.updateWorldMatrix(true, false);
    projection.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse).multiply(object.matrixWorld);
    const m = projection.elements;
    const positions = object.geometry.getAttribute("position").array;
    for (const { start, count } of drawn) {
      for (let i = start; i < start + count; i++) {
        const [px, py, pz] = [positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!];
        const w = m[3]! * px + m[7]! * py + m[11]! * pz + m[15]!;
        if (w <= 0) continue;
        const dx = (((m[0]! * px + m[4]! * py + m[8]! * pz + m[12]!) / w + 1) / 2) * width - x;
        const dy = ((1 - (m[1]! * px + m[5]! * py + m[9]! * pz + m[13]!) / w) / 2) * height - y;
        const off = Math.hypot(dx, dy);
        if (off > REACH) continue;
        const cost = w * (1 + off / 100);
        if (cost >= best) continue;
        best = cost;
        picked.set(px, py, pz);
      }
    }
  }
  return best < Infinity ? picked : null;
}
