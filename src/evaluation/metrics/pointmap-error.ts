/** Two pointmaps of a pair in the frame of its view 1, `[height, width, 3]` each. */
export interface PairPoints {
  readonly points1: Float32Array;
  readonly points2: Float32Array;
}

/** Which pixels count, `[height, width]`, 0 for those that do not. */
export interface PairMasks {
  readonly valid1: ArrayLike<number>;
  readonly valid2: ArrayLike<number>;
}

/**
 * The paper's equations 2 and 3 without confidences: both point sets are divided by their own mean distance from the origin
 * over the valid pixels of both views; the mean distance of a valid point from the truth. Undefined without valid pixels.
 */
export function pointmapError(truth: PairPoints, found: PairPoints, { valid1, valid2 }: PairMasks): number | undefined {
  const views = [
    [truth.points1, found.points1, valid1],
    [truth.points2, found.points2, valid2],
  ] as const;
  const indices = views.map(([, , valid]) =>
    Array.from(valid, (value, i) => (value > 0 ? i : -1)).filter((i) => i >= 0),
  );
  const count = indices[0]!.length + indices[1]!.length;
  if (count === 0) return undefined;
  const norm = (points: (view: (typeof views)[number]) => Float32Array) =>
    views.reduce((sum, view, v) => sum + indices[v]!.reduce((part, i) => part + length(points(view), i), 0), 0) / count;
  const [truthNorm, foundNorm] = [norm((view) => view[0]), norm((view) => view[1])];
  let sum = 0;
  views.forEach(([want, got], v) => {
    for (const i of indices[v]!) {
      const difference = (k: number) => got[3 * i + k]! / foundNorm - want[3 * i + k]! / truthNorm;
      sum += Math.hypot(difference(0), difference(1), difference(2));
    }
  });
  return sum / count;
}

function length(points: Float32Array, i: number): number {
  return Math.hypot(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!);
}
