import { type Curve, plot } from "./plot.ts";

/** More points than this are averaged: a chart has no more pixels. */
const MOST_POINTS = 300;
/** Values that reach this many times farther up than all but the highest 2 % are cut off. */
const OUTLIER = 3;

/** A number that changes with the steps of a run, as an SVG element; what is no number is left out. */
export function lineChart(points: Curve["points"]): string {
  const shown = average(points.filter(([, value]) => Number.isFinite(value)));
  const [ticks, digits] = niceTicks(...shownRange(shown.map(([, value]) => value)));
  const [bottom, top] = [ticks[0]!, ticks.at(-1)!];
  const [first, last] = [shown[0]?.[0] ?? 0, shown.at(-1)?.[0] ?? 1];
  const x = { from: first, to: last, ticks: [first, last].map((step) => [step, `${step}`] as const) };
  const y = { from: bottom, to: top, ticks: ticks.map((tick) => [tick, tick.toFixed(digits)] as const) };
  return plot({ x, y, curves: [{ points: shown.map(([step, value]) => [step, Math.min(value, top)]) }] });
}

/** Means of equally many neighbors. */
function average(points: Curve["points"]): Curve["points"] {
  const size = Math.ceil(points.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(points.length / Math.max(size, 1)) }, (_, i) => {
    const part = points.slice(i * size, (i + 1) * size);
    return [part.at(-1)![0], part.reduce((sum, [, value]) => sum + value, 0) / part.length] as const;
  });
}

/** From the lowest to the highest value; a run's first losses may be so high that all others would look flat. */
function shownRange(values: readonly number[]): readonly [low: number, high: number] {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = 0, high = 1] = [sorted[0], sorted.at(-1)];
  const usual = sorted[Math.floor(0.98 * (sorted.length - 1))] ?? high;
  return [low, usual > low && high - low > OUTLIER * (usual - low) ? usual : high];
}

/** Round numbers around a range, and how many decimals they need. */
function niceTicks(low: number, high: number): readonly [ticks: readonly number[], digits: number] {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = power * [1, 2, 5, 10].find((factor) => span / (factor * power) <= 5)!;
  const start = Math.floor(low / step);
  const count = Math.max(1, Math.ceil(high / step - start));
  const ticks = Array.from({ length: count + 1 }, (_, i) => (start + i) * step);
  return [ticks, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))];
}
