import type { Size } from "../../core/view.ts";

/**
 * A picture `[height, width, 3]` as a lens with a little radial distortion shows it: what lies at r half-diagonals from the
 * middle comes from r (1 + k (r² - 1)), so that the corners stay. Negative k is a barrel, positive a pincushion.
 */
export function distort(image: Float32Array, { width, height }: Size, k: number): Float32Array {
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  const diagonal = cx * cx + cy * cy;
  const target = new Float32Array(image.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - cx, y - cy];
      const stretch = 1 + k * ((dx * dx + dy * dy) / diagonal - 1);
      const u = Math.max(0, Math.min(width - 1, cx + stretch * dx));
      const v = Math.max(0, Math.min(height - 1, cy + stretch * dy));
      const [left, top] = [Math.min(width - 2, Math.floor(u)), Math.min(height - 2, Math.floor(v))];
      const [s, t] = [u - left, v - top];
      const from = 3 * (top * width + left);
      for (let c = 0; c < 3; c++) {
        const above = image[from + c]! + s * (image[from + 3 + c]! - image[from + c]!);
        const below =
          image[from + 3 * width + c]! + s * (image[from + 3 * width + 3 + c]! - image[from + 3 * width + c]!);
        target[3 * (y * width + x) + c] = above + t * (below - above);
      }
    }
  }
  return target;
}
