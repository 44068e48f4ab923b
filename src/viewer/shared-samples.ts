import { gridPixel, type ReportCloud } from "../export/report-data.ts";
import { sampleDepths, samplePoints } from "./sample-points.ts";

/** Points whose depths differ by more than this share are not the same. */
const SAME_DEPTH = 0.05;

/** A sample of a photo and one of another that show the same point of the scene, by their index. */
export type SharedSample = readonly [sample1: number, sample2: number];

/**
 * Samples of two photos that show the same point of the scene: the first one's point lies in the second photo's picture, at
 * the depth that the second photo has there. `columns × rows` cells are laid over the first photo; of each the sample that
 * agrees best is given.
 */
export function sharedSamples(
  cloud1: ReportCloud,
  cloud2: ReportCloud,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): SharedSample[] {
  const depths1 = sampleDepths(cloud1);
  const depths2 = sampleDepths(cloud2);
  const points = samplePoints(cloud1, depths1);
  const { grid, step, intrinsics, world_from_cam: m } = cloud2;
  const best = new Map<number, { readonly error: number; readonly pair: SharedSample }>();
  for (let i = 0; i < depths1.length; i++) {
    if (depths1[i] === 0) continue;
    const [x, y, z] = [0, 1, 2].map((k) => points[3 * i + k]! - m[4 * k + 3]!) as [number, number, number];
    const [u, v, depth] = [0, 1, 2].map((k) => m[k]! * x + m[4 + k]! * y + m[8 + k]! * z) as [number, number, number];
    if (depth <= 0) continue;
    const column = Math.round(sampleOfPixel((intrinsics.fx * u) / depth + intrinsics.cx, step));
    const row = Math.round(sampleOfPixel((intrinsics.fy * v) / depth + intrinsics.cy, step));
    if (column < 0 || row < 0 || column >= grid.width || row >= grid.height) continue;
    const other = row * grid.width + column;
    const error = Math.abs(depths2[other]! - depth) / depth;
    if (!(error < SAME_DEPTH)) continue;
    const cell =
      Math.floor(((i % cloud1.grid.width) / cloud1.grid.width) * columns) +
      columns * Math.floor((Math.floor(i / cloud1.grid.width) / cloud1.grid.height) * rows);
    const before = best.get(cell);
    if (!before || error < before.error) best.set(cell, { error, pair: [i, other] });
  }
  return [...best.values()].map(({ pair }) => pair);
}

/** Where a network pixel lies among samples; the inverse of `gridPixel`. */
function sampleOfPixel(pixel: number, step: number): number {
  return (pixel - gridPixel(0, step)) / step;
}
