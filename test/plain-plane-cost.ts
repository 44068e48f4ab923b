import { projectPoints } from "../src/geometry/camera.ts";
import { invertRigid, transformPoints } from "../src/geometry/pose.ts";
import { BRIGHTNESS_WEIGHTS, MATCH_WINDOW } from "../src/stereo/match-window.ts";
import type { StereoView } from "../src/stereo/stereo-view.ts";

/** What the kernels of stereo compute, in plain loops and doubles: one minus the bilaterally weighted correlation. */
export function plainPlaneCost(
  reference: StereoView,
  source: StereoView,
  [x, y]: readonly [number, number],
  [w, slopeX, slopeY]: readonly [number, number, number],
): number {
  const { intrinsics: K, gray, width, height } = reference;
  const seen = (dx: number, dy: number): readonly [number, number, number] => {
    const z = 1 / (w + dx * slopeX + dy * slopeY);
    const point = Float64Array.of(((x + dx - K.cx) / K.fx) * z, ((y + dy - K.cy) / K.fy) * z, z);
    const inSource = transformPoints(invertRigid(source.worldFromCam), transformPoints(reference.worldFromCam, point));
    const [u, v] = projectPoints(inSource, source.intrinsics);
    return [u!, v!, inSource[2]!];
  };
  const [u0, v0, z0] = seen(0, 0);
  if (!(z0 > 0 && u0 >= 0 && v0 >= 0 && u0 <= source.width - 1 && v0 <= source.height - 1)) return 1;
  const middle = gray[y * width + x]!;
  const samples = MATCH_WINDOW.offsets.map(([dx, dy], k) => {
    const a = gray[clamp(y + dy, height - 1) * width + clamp(x + dx, width - 1)]!;
    const [u, v] = seen(dx, dy);
    return {
      a,
      b: bilinear(source, u, v),
      weight: MATCH_WINDOW.weights[k]! * BRIGHTNESS_WEIGHTS[Math.abs(a - middle)]!,
    };
  });
  const total = samples.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (of: (sample: (typeof samples)[number]) => number) =>
    samples.reduce((sum, sample) => sum + sample.weight * of(sample), 0) / total;
  const [meanA, meanB] = [mean(({ a }) => a), mean(({ b }) => b)];
  const varianceA = mean(({ a }) => (a - meanA) ** 2);
  const varianceB = mean(({ b }) => (b - meanB) ** 2);
  if (varianceB < 1) return 1;
  const correlation = mean(({ a, b }) => (a - meanA) * (b - meanB)) / Math.sqrt(varianceA * varianceB);
  return clamp(1 - correlation, 1);
}

function bilinear({ width, height, gray }: StereoView, x: number, y: number): number {
  const [u, v] = [clamp(x, width - 1), clamp(y, height - 1)];
  const [left, top] = [Math.floor(u), Math.floor(v)];
  const at = (column: number, row: number) => gray[Math.min(row, height - 1) * width + Math.min(column, width - 1)]!;
  const upper = at(left, top) * (1 - u + left) + at(left + 1, top) * (u - left);
  const lower = at(left, top + 1) * (1 - u + left) + at(left + 1, top + 1) * (u - left);
  return upper * (1 - v + top) + lower * (v - top);
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}
