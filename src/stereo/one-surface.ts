import type { PlaneMap } from "../geometry/plane-map.ts";

/** Inverse depths of neighbors on one surface differ by no more than this share from what their planes say. */
const TOLERANCE = 0.01;

/** Visits the four neighbors of a pixel that are of one surface with it: each lies on the other's plane. */
export function visitSurface(planes: PlaneMap, i: number, visit: (neighbor: number) => void): void {
  const { width, height } = planes;
  const x = i % width;
  if (x > 0 && isOneSurface(planes, i, i - 1, -1, 0)) visit(i - 1);
  if (x + 1 < width && isOneSurface(planes, i, i + 1, 1, 0)) visit(i + 1);
  if (i >= width && isOneSurface(planes, i, i - width, 0, -1)) visit(i - width);
  if (i + width < width * height && isOneSurface(planes, i, i + width, 0, 1)) visit(i + width);
}

function isOneSurface(
  { inverseDepth, slopeX, slopeY }: PlaneMap,
  i: number,
  j: number,
  dx: number,
  dy: number,
): boolean {
  const [there, here] = [inverseDepth[j]!, inverseDepth[i]!];
  const ahead = here + dx * slopeX[i]! + dy * slopeY[i]! - there;
  const back = there - dx * slopeX[j]! - dy * slopeY[j]! - here;
  return Math.max(Math.abs(ahead), Math.abs(back)) <= TOLERANCE * Math.min(here, there);
}
