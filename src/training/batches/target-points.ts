/**
 * World points as a camera sees them, Rᵀ (X - t): the network answers in the frame of view 1.
 * @param points `[n, 3]`, in world coordinates @param worldFromCam 4×4, rigid, row-major
 */
export function inCamera(points: Float32Array, worldFromCam: ArrayLike<number>): Float32Array {
  const [a, b, c, tx, d, e, f, ty, g, h, i, tz] = Array.from(worldFromCam) as number[];
  const moved = new Float32Array(points.length);
  for (let k = 0; k < points.length; k += 3) {
    const x = points[k]! - tx!;
    const y = points[k + 1]! - ty!;
    const z = points[k + 2]! - tz!;
    moved[k] = a! * x + d! * y + g! * z;
    moved[k + 1] = b! * x + e! * y + h! * z;
    moved[k + 2] = c! * x + f! * y + i! * z;
  }
  return moved;
}
