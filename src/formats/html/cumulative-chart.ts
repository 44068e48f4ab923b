import { plot } from "./plot.ts";

/** How many items stay below which error: one curve per series. */
export interface CumulativeChart {
  readonly title: string;
  /** What the errors are, with their unit. */
  readonly label: string;
  /** Where the axis of the errors ends. */
  readonly limit: number;
  readonly series: readonly { readonly name: string; readonly errors: readonly number[] }[];
}

const STEPS = 120;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** The chart as an SVG element, without its title. */
export function cumulativeChart({ label, limit, series }: CumulativeChart): string {
  const errorTicks = TICKS.map((tick) => [limit * tick, `${Number((limit * tick).toPrecision(3))}`] as const);
  const shareTicks = TICKS.map((tick) => [tick, `${100 * tick} %`] as const);
  const curves = series.map(({ name, errors }) => ({
    name: `${name} (${errors.length})`,
    points: cumulativeShares(errors, limit),
  }));
  const [x, y] = [
    { from: 0, to: limit, ticks: errorTicks },
    { from: 0, to: 1, ticks: shareTicks },
  ];
  return plot({ x, y, curves, label });
}

function cumulativeShares(errors: readonly number[], limit: number): readonly (readonly [number, number])[] {
  const sorted = Float64Array.from(errors).sort();
  let below = 0;
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const error = (limit * step) / STEPS;
    while (below < sorted.length && sorted[below]! <= error) below++;
    return [error, below / Math.max(sorted.length, 1)] as const;
  });
}
