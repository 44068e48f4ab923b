/** How many items stay below which error: one curve per series. */
export interface Chart {
  readonly title: string;
  /** What the errors are, with their unit. */
  readonly label: string;
  /** Where the axis of the errors ends. */
  readonly limit: number;
  readonly series: readonly { readonly name: string; readonly errors: readonly number[] }[];
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT] = [420, 260, 40, 40, 10];
const LINE = 14;
const COLORS = ["#c2410c", "#64748b", "#2563eb", "#15803d"];
const STEPS = 120;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** The chart as an SVG element; names and labels must be escaped already. */
export function cumulativeChart({ label, limit, series }: Chart): string {
  // The curves' names stand above the plot: within it they would hide one or another.
  const top = LINE * series.length + 8;
  const x = (share: number) => (LEFT + (WIDTH - LEFT - RIGHT) * share).toFixed(1);
  const y = (share: number) => (top + (HEIGHT - top - BOTTOM) * (1 - share)).toFixed(1);
  const grid = TICKS.map(
    (tick) =>
      `<line x1="${x(0)}" x2="${x(1)}" y1="${y(tick)}" y2="${y(tick)}"/>` +
      `<text x="${LEFT - 6}" y="${y(tick)}" dy="4" text-anchor="end">${100 * tick} %</text>` +
      `<text x="${x(tick)}" y="${HEIGHT - BOTTOM + LINE}" text-anchor="middle">${Number((limit * tick).toPrecision(3))}</text>`,
  );
  const curves = series.map(({ name, errors }, i) => {
    const sorted = Float64Array.from(errors).sort();
    let below = 0;
    const points = Array.from({ length: STEPS + 1 }, (_, step) => {
      while (below < sorted.length && sorted[below]! <= (limit * step) / STEPS) below++;
      return `${x(step / STEPS)},${y(below / Math.max(sorted.length, 1))}`;
    });
    const color = COLORS[i % COLORS.length];
    return (
      `<polyline points="${points.join(" ")}" stroke="${color}"/>` +
      `<text x="${WIDTH - RIGHT - 4}" y="${LINE * (i + 1)}" text-anchor="end" style="fill:${color}">${name} (${errors.length})</text>`
    );
  });
  const axis = `<text x="${x(0.5)}" y="${HEIGHT - 6}" text-anchor="middle">${label}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">${grid.join("")}${curves.join("")}${axis}</svg>`;
}
