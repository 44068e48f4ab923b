import type { GrayPicture } from "./gray-picture.ts";

/** Variance of the Laplacian of a picture's gray values: how much fine detail it has; low where it is blurred or blank. */
export function sharpness({ width, height, pixels }: GrayPicture): number {
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const neighbors = pixels[i - 1]! + pixels[i + 1]! + pixels[i - width]! + pixels[i + width]!;
      const laplacian = neighbors - 4 * pixels[i]!;
      sum += laplacian;
      squares += laplacian * laplacian;
      count++;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}
