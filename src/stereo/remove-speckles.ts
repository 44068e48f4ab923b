import type { PlaneMap } from "../geometry/plane-map.ts";

/** Smallest patch that is kept, as a share of all pixels and in pixels. */
const LEAST_SHARE = 1e-4;
const LEAST_PIXELS = 24;
/** Inverse depths of neighbors on one surface differ by no more than this share from what their planes say. */
const TOLERANCE = 0.01;

/**
 * Clears marks `[height, width]` of patches too small to be by more than chance: marked neighbors are of one patch when each
 * lies on the other's plane.
 */
export function removeSpeckles(marks: Uint8Array, planes: PlaneMap): void {
  const { width, height, inverseDepth, slopeX, slopeY } = planes;
  const least = Math.max(LEAST_PIXELS, LEAST_SHARE * width * height);
  const seen = new Uint8Array(marks.length);
  const patch = new Int32Array(marks.length);
  const isOneSurface = (i: number, j: number, dx: number, dy: number): boolean => {
    const [there, here] = [inverseDepth[j]!, inverseDepth[i]!];
    const ahead = here + dx * slopeX[i]! + dy * slopeY[i]! - there;
    const back = there - dx * slopeX[j]! - dy * slopeY[j]! - here;
    return Math.max(Math.abs(ahead), Math.abs(back)) <= TOLERANCE * Math.min(here, there);
  };
  for (let start = 0; start < marks.length; start++) {
    if (marks[start] === 0 || seen[start] === 1) continue;
    let count = 1;
    patch[0] = start;
    seen[start] = 1;
    for (let next = 0; next < count; next++) {
      const i = patch[next]!;
      const x = i % width;
      const visit = (j: number, dx: number, dy: number): void => {
        if (marks[j] === 0 || seen[j] === 1 || !isOneSurface(i, j, dx, dy)) return;
        seen[j] = 1;
        patch[count++] = j;
      };
      if (x > 0) visit(i - 1, -1, 0);
      if (x + 1 < width) visit(i + 1, 1, 0);
      if (i >= width) visit(i - width, 0, -1);
      if (i + width < width * height) visit(i + width, 0, 1);
    }
    if (count < least) for (let k = 0; k < count; k++) marks[patch[k]!] = 0;
  }
}
