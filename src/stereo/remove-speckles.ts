import type { PlaneMap } from "../geometry/plane-map.ts";
import { visitSurface } from "./one-surface.ts";

/** Smallest patch that is kept, as a share of all pixels and in pixels. */
const LEAST_SHARE = 1e-4;
const LEAST_PIXELS = 24;

/** Clears marks `[height, width]` of patches too small to be by more than chance: marked neighbors of one surface are one patch. */
export function removeSpeckles(marks: Uint8Array, planes: PlaneMap): void {
  const least = Math.max(LEAST_PIXELS, LEAST_SHARE * planes.width * planes.height);
  const seen = new Uint8Array(marks.length);
  const patch = new Int32Array(marks.length);
  let count = 0;
  const join = (pixel: number): void => {
    if (marks[pixel] === 0 || seen[pixel] === 1) return;
    seen[pixel] = 1;
    patch[count++] = pixel;
  };
  for (let start = 0; start < marks.length; start++) {
    count = 0;
    join(start);
    for (let next = 0; next < count; next++) visitSurface(planes, patch[next]!, join);
    if (count < least) for (let k = 0; k < count; k++) marks[patch[k]!] = 0;
  }
}
