import { visitSurface } from "./one-surface.ts";
import { NO_EVIDENCE, type ScoredPlanes } from "./patch-match.ts";

/**
 * `[height, width]` inverse depth of pixels that are not measured but continue what is: their own planes, where these are of one
 * surface with that of a measured pixel, step by step. 0 elsewhere, where pixels are measured, and where no texture tells.
 * @param marks `[height, width]`: not 0 where planes are measured
 */
export function continueSurfaces(planes: ScoredPlanes, marks: Uint8Array): Float32Array {
  const { inverseDepth, costs } = planes;
  const continued = new Float32Array(marks.length);
  const queue: number[] = [];
  const join = (pixel: number): void => {
    if (marks[pixel] !== 0 || continued[pixel] !== 0 || costs[pixel] === NO_EVIDENCE) return;
    continued[pixel] = inverseDepth[pixel]!;
    queue.push(pixel);
  };
  for (let pixel = 0; pixel < marks.length; pixel++) if (marks[pixel] !== 0) visitSurface(planes, pixel, join);
  for (let next = 0; next < queue.length; next++) visitSurface(planes, queue[next]!, join);
  return continued;
}
