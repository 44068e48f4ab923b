import type { SceneImage } from "../core/scene.ts";
import { EDGE_RATIO } from "../geometry/surface-depth.ts";

/** A depth map with its confidence. */
type DepthGrid = Pick<SceneImage, "width" | "height" | "depth" | "confidence">;

/**
 * The surface a depth map shows, `[count, 3]` pixel indices: every square of `step` pixels a side becomes two triangles,
 * counter-clockwise as its camera sees them. A triangle is left out when one of its corners has no depth or too little
 * confidence, and when its corners' depths are so far apart that they lie on different surfaces.
 */
export function gridTriangles(image: DepthGrid, minConfidence: number, step: number): Uint32Array {
  const { width, height } = image;
  const triangles = new Uint32Array(6 * Math.floor((width - 1) / step) * Math.floor((height - 1) / step));
  let count = 0;
  const add = (a: number, b: number, c: number): void => {
    if (!isSurface(image, minConfidence, [a, b, c])) return;
    triangles.set([a, b, c], count);
    count += 3;
  };
  for (let y = 0; y + step < height; y += step) {
    for (let x = 0; x + step < width; x += step) {
      const topLeft = y * width + x;
      const [topRight, bottomLeft] = [topLeft + step, topLeft + step * width];
      const bottomRight = bottomLeft + step;
      add(topLeft, bottomLeft, topRight);
      add(topRight, bottomLeft, bottomRight);
    }
  }
  return triangles.slice(0, count);
}

function isSurface({ depth, confidence }: DepthGrid, minConfidence: number, corners: readonly number[]): boolean {
  const depths = corners.map((pixel) => (confidence[pixel]! >= minConfidence ? depth[pixel]! : 0));
  const nearest = Math.min(...depths);
  return nearest > 0 && Math.max(...depths) <= EDGE_RATIO * nearest;
}
