/** A number that changes with the steps of a run. */
export type Curve = readonly (readonly [step: number, value: number])[];

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [420, 200, 56, 24, 8];
/** More points than this are averaged: a chart has no more pixels. */
const MOST_POINTS = 300;
/** Values that reach this many times farther up than all but the highest 2 % are cut off. */
const OUTLIER = 3;

/** A line chart as an SVG element. Its texts are numbers only. */
export function lineChart(curve: Curve): string {
  const points = average(curve.filter(([, value]) => Number.isFinite(value)));
  const [ticks, digits] = niceTicks(...shownRange(points.map(([, value]) => value)));
  const [bottom, top] = [ticks[0]!, ticks.at(-1)!];
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 1];
  const x = (step: number) => LEFT + ((WIDTH - LEFT - 8) * (step - first)) / (last - first || 1);
  const y = (value: number) => {
    const share = (Math.min(value, top) - bottom) / (top - bottom);
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share);
  };
  const line = points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const grid = ticks.map((tick) => {
    const at = y(tick).toFixed(1);
    return `<line x1="${LEFT}" x2="${WIDTH}" y1="${at}" y2="${at}"/><text x="${LEFT - 6}" y="${at}" dy="4">${tick.toFixed(digits)}</text>`;
  });
  const steps = `<text x="${LEFT}" y="${HEIGHT - 6}" class="start">${first}</text><text x="${WIDTH - 8}" y="${HEIGHT - 6}">${last}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">${grid.join("")}${steps}<polyline points="${line}"/></svg>`;
}

/** Means of equally many neighbours. */
function average(curve: Curve): Curve {
  const size = Math.ceil(curve.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(curve.length / Math.max(size, 1)) }, (_, i) => {
    const part = curve.slice(i * size, (i + 1) * size);
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
