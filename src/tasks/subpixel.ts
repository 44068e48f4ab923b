import type { Size } from "../core/view.ts";

/** A surface is flat only nearby: where a target lies farther off than this many pixels, the pixel stays. */
const MAX_SHIFT = 1;

/**
 * Where between the pixels of a pointmap `[height, width, 3]` given points lie, `[n, 2]` (x, y): each of `pixels` (indices)
 * is moved within the plane of its point and its neighbors' to where that comes nearest to its one of `targets` `[n, 3]`.
 */
export function subpixelCoordinates(
  pointmap: Float32Array,
  { width, height }: Size,
  pixels: ArrayLike<number>,
  targets: Float32Array,
): Float32Array {
  const coordinates = new Float32Array(2 * pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    const x = pixel % width;
    const y = (pixel - x) / width;
    const left = x > 0 ? pixel - 1 : pixel;
    const right = x + 1 < width ? pixel + 1 : pixel;
    const above = y > 0 ? pixel - width : pixel;
    const below = y + 1 < height ? pixel + width : pixel;
    // The normal equations of | shiftX · alongX + shiftY · alongY − offset |².
    let [xx, xy, yy, xo, yo] = [0, 0, 0, 0, 0];
    for (let k = 0; k < 3; k++) {
      const alongX = (pointmap[3 * right + k]! - pointmap[3 * left + k]!) / (right - left);
      const alongY = ((pointmap[3 * below + k]! - pointmap[3 * above + k]!) * width) / (below - above);
      const offset = targets[3 * i + k]! - pointmap[3 * pixel + k]!;
      xx += alongX * alongX;
      xy += alongX * alongY;
      yy += alongY * alongY;
      xo += alongX * offset;
      yo += alongY * offset;
    }
    const determinant = xx * yy - xy * xy;
    const shiftX = (yy * xo - xy * yo) / determinant;
    const shiftY = (xx * yo - xy * xo) / determinant;
    const near = Math.max(Math.abs(shiftX), Math.abs(shiftY)) <= MAX_SHIFT;
    coordinates[2 * i] = near ? x + shiftX : x;
    coordinates[2 * i + 1] = near ? y + shiftY : y;
  }
  return coordinates;
}
