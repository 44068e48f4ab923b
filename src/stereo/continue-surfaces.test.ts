import { expect, test } from "vitest";
import { emptyPlanes } from "../geometry/plane-map.ts";
import { continueSurfaces } from "./continue-surfaces.ts";
import { NO_EVIDENCE } from "./patch-match.ts";

const size = { width: 30, height: 20 };
const all = Array.from(
  { length: size.width * size.height },
  (_, i) => [i % size.width, Math.floor(i / size.width)] as const,
);

/** A slanted wall up to column 20, where one twice as near begins; a blank column at 12. */
const planes = {
  ...emptyPlanes(size),
  inverseDepth: Float32Array.from(all, ([x, y]) => (x < 20 ? 1 : 2) * (0.3 + 0.004 * x - 0.002 * y)),
  slopeX: Float32Array.from(all, ([x]) => (x < 20 ? 0.004 : 0.008)),
  slopeY: Float32Array.from(all, ([x]) => (x < 20 ? -0.002 : -0.004)),
  costs: Float32Array.from(all, ([x]) => (x === 12 ? NO_EVIDENCE : 0.2)),
};

test("what continues the surface of a measured pixel has its own depth, up to an edge and to where nothing tells", () => {
  const marks = Uint8Array.from(all, ([x, y]) => Number(x === 15 && y === 10));
  const continued = continueSurfaces(planes, marks);
  for (const [i, [x]] of all.entries()) {
    const isContinued = x > 12 && x < 20 && marks[i] === 0;
    expect(continued[i]).toBe(isContinued ? planes.inverseDepth[i] : 0);
  }
});

test("where nothing is measured nothing is continued", () => {
  expect(continueSurfaces(planes, new Uint8Array(all.length)).every((w) => w === 0)).toBe(true);
});
