import { describe, expect, test } from "vitest";
import { cumulativeChart } from "./cumulative-chart.ts";
import { lineChart } from "./line-chart.ts";

/** The places of a chart's one curve. */
function placesOf(svg: string): number[][] {
  const [, points] = /points="([^"]*)"/.exec(svg)!;
  return points!.split(" ").map((point) => point.split(",").map(Number));
}

test("a curve rises where errors end, and never falls", () => {
  const svg = cumulativeChart({ title: "", label: "m", limit: 4, series: [{ name: "ours", errors: [3, 1, 100, 1] }] });
  const heights = placesOf(svg).map(([, y]) => y!);
  expect(heights.every((y, i) => i === 0 || y <= heights[i - 1]!)).toBe(true);
  // Of four errors none is below 0, two up to 1 and three up to the limit.
  const [nothing, all] = [heights[0]!, (at: number) => (heights[0]! - heights[at]!) / 198];
  expect(nothing).toBe(220);
  expect(all(30)).toBeCloseTo(2 / 4, 2);
  expect(all(120)).toBeCloseTo(3 / 4, 2);
  expect(svg).toContain("ours (4)");
});

test("names and labels stay text", () => {
  const svg = cumulativeChart({ title: "", label: "<i>", limit: 1, series: [{ name: "<b>", errors: [] }] });
  expect(svg).toContain("&lt;b&gt;");
  expect(svg).toContain("&lt;i&gt;");
});

describe("a line", () => {
  test("rises where the values rise, from the first step to the last", () => {
    const svg = lineChart([
      [10, 1],
      [20, 2],
      [30, 4],
    ]);
    const [a, b, c] = placesOf(svg) as [number[], number[], number[]];
    expect(a[0]).toBeLessThan(b[0]!);
    // Down is larger in an image.
    expect(a[1]! - b[1]!).toBeGreaterThan(0);
    expect(b[1]! - c[1]!).toBeCloseTo(2 * (a[1]! - b[1]!), 0);
    expect(svg).toContain(">10<");
    expect(svg).toContain(">30<");
  });

  test("a few wild values at the start leave the rest readable", () => {
    const svg = lineChart(Array.from({ length: 200 }, (_, i) => [i, i < 2 ? 1000 : Math.sin(i)]));
    const heights = placesOf(svg).map(([, y]) => y!);
    expect(Math.max(...heights) - Math.min(...heights.slice(2))).toBeGreaterThan(100);
  });

  test("many steps are averaged", () => {
    const curve = Array.from({ length: 100_000 }, (_, i) => [i, i % 2] as const);
    const drawn = placesOf(lineChart(curve));
    expect(drawn.length).toBeLessThanOrEqual(300);
    expect(new Set(drawn.map(([, y]) => y)).size).toBe(1);
  });

  test.each([
    ["nothing", []],
    ["one point", [[5, 0]]],
    [
      "a flat line",
      [
        [1, 3],
        [2, 3],
      ],
    ],
    [
      "no numbers",
      [
        [1, Number.NaN],
        [2, Infinity],
      ],
    ],
    [
      "negative and tiny values",
      [
        [1, -3e-7],
        [2, -1e-7],
      ],
    ],
  ] as const)("%s can be drawn", (_, curve) => {
    expect(lineChart(curve)).not.toMatch(/NaN|Infinity|undefined/);
  });
});
