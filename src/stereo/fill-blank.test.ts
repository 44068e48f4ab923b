import { describe, expect, test } from "vitest";
import { emptyPlanes } from "../geometry/plane-map.ts";
import { fillBlank } from "./fill-blank.ts";

const size = { width: 60, height: 40 };
const all = Array.from(
  { length: size.width * size.height },
  (_, i) => [i % size.width, Math.floor(i / size.width)] as const,
);

/** A blank wall from column 10 to 49 and row 8 to 31, in texture; depth is measured in the texture, and `inverseDepth` is that of all. */
function wall(inverseDepth: (x: number, y: number) => number, isMeasured: (x: number, y: number) => boolean) {
  const isBlank = (x: number, y: number) => x >= 10 && x < 50 && y >= 8 && y < 32;
  const planes = {
    ...emptyPlanes(size),
    inverseDepth: Float32Array.from(all, ([x, y]) => (isBlank(x, y) ? 9 : inverseDepth(x, y))),
  };
  return {
    gray: Uint8Array.from(all, ([x, y]) => (isBlank(x, y) ? 200 - (x >> 2) : 60 * ((x + y) % 3))),
    planes,
    marks: Uint8Array.from(all, ([x, y]) => Number(!isBlank(x, y) && isMeasured(x, y))),
    blank: all.flatMap(([x, y], i) => (isBlank(x, y) ? [i] : [])),
  };
}

const slope = (x: number, y: number) => 0.3 + 0.002 * x - 0.001 * y;
const expected = Float32Array.from(all, ([x, y]) => 1.1 * slope(x, y));

describe("blank surfaces", () => {
  test("are filled with the plane of what is measured around them, even where a third of that is of other surfaces", () => {
    const { gray, planes, marks, blank } = wall(
      (x, y) => ((x + y) % 3 === 0 ? 0.9 : slope(x, y)),
      () => true,
    );
    const filled = fillBlank(gray, planes, { marks, expected });
    for (const i of blank) expect(Math.abs(filled[i]! / slope(...all[i]!) - 1)).toBeLessThan(0.003);
    expect(filled.filter((w, i) => w > 0 && !blank.includes(i))).toHaveLength(0);
  });

  test("of one brightness that meet in a corner have each its own plane", () => {
    const corner = (x: number, y: number) => slope(x, y) + 0.004 * Math.max(0, x - 30);
    const { gray, planes, marks, blank } = wall(corner, () => true);
    const filled = fillBlank(gray, planes, { marks, expected });
    const right = blank.filter((i) => Math.abs(filled[i]! / corner(...all[i]!) - 1) < 0.01);
    expect(right.length / blank.length).toBeGreaterThan(0.8);
  });

  test.each<[string, Parameters<typeof wall>]>([
    ["measured on one side alone", [slope, (x) => x < 10]],
    ["measured nowhere", [slope, () => false]],
    ["of no plane", [(x, y) => 0.3 + 0.1 * Math.sin(x * y), () => true]],
    ["that contradict the network", [(x, y) => 2 * slope(x, y), () => true]],
  ])("stay as they are: %s", (_, [inverseDepth, isMeasured]) => {
    const { gray, planes, marks } = wall(inverseDepth, isMeasured);
    expect(fillBlank(gray, planes, { marks, expected }).every((w) => w === 0)).toBe(true);
  });
});
