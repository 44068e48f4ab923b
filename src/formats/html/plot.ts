import { escapeHtml } from "./text.ts";

/** What an axis shows, with the values that are marked on it and their texts. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly (readonly [value: number, text: string])[];
}

/** A polyline through points within the axes; a name stands above the plot. */
export interface Curve {
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly name?: string;
}

/** What a chart is drawn from. */
export interface Plot {
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly Curve[];
  /** What the horizontal axis is. */
  readonly label?: string;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT] = [420, 260, 56, 40, 10];
const LINE = 14;
const COLORS = ["#c2410c", "#64748b", "#2563eb", "#15803d"];

/** Curves over axes, as an SVG element. */
export function plot({ x, y, curves, label = "" }: Plot): string {
  const names = curves.flatMap(({ name }, i) => (name === undefined ? [] : [{ text: name, color: colorOf(i) }]));
  // Within the plot, names would hide one curve or another.
  const top = LINE * names.length + 8;
  const across = (value: number) => (LEFT + (WIDTH - LEFT - RIGHT) * shareOf(x, value)).toFixed(1);
  const down = (value: number) => (top + (HEIGHT - top - BOTTOM) * (1 - shareOf(y, value))).toFixed(1);
  const rows = y.ticks.map(
    ([value, text]) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${down(value)}" y2="${down(value)}"/>` +
      `<text x="${LEFT - 6}" y="${down(value)}" dy="4" text-anchor="end">${escapeHtml(text)}</text>`,
  );
  const columns = x.ticks.map(([value, text]) => {
    const anchor = value === x.from ? "start" : value === x.to ? "end" : "middle";
    return `<text x="${across(value)}" y="${HEIGHT - BOTTOM + LINE}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
  });
  const lines = curves.map(({ points }, i) => {
    const places = points.map(([px, py]) => `${across(px)},${down(py)}`).join(" ");
    return `<polyline points="${places}" stroke="${colorOf(i)}"/>`;
  });
  const legend = names.map(
    ({ text, color }, i) =>
      `<text x="${WIDTH - RIGHT}" y="${LINE * (i + 1)}" text-anchor="end" style="fill:${color}">${escapeHtml(text)}</text>`,
  );
  const middle = (LEFT + WIDTH - RIGHT) / 2;
  const axis = `<text x="${middle}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(label)}</text>`;
  const content = [...rows, ...columns, ...lines, ...legend, axis].join("");
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">${content}</svg>`;
}

function shareOf({ from, to }: Axis, value: number): number {
  return (value - from) / (to - from || 1);
}

function colorOf(curve: number): string {
  return COLORS[curve % COLORS.length]!;
}
