import { expect, test } from "vitest";
import { seededRandom } from "../core/random.ts";
import { emptyPlanes, type PlaneMap } from "../geometry/plane-map.ts";
import { bendDepth } from "./bend-depth.ts";

const size = { width: 48, height: 36 };

function mapOf(depthAt: (x: number, y: number) => number): PlaneMap {
  const planes = emptyPlanes(size);
  for (let i = 0; i < planes.inverseDepth.length; i++) {
    planes.inverseDepth[i] = 1 / depthAt(i % size.width, Math.floor(i / size.width));
  }
  return planes;
}

/** Anchors at random pixels of a true map. */
function anchorsOn(truth: PlaneMap, count: number) {
  const random = seededRandom("anchors");
  const at = Array.from({ length: count }, () => Math.floor(random() * truth.inverseDepth.length));
  return {
    x: at.map((i) => i % size.width),
    y: at.map((i) => Math.floor(i / size.width)),
    inverseDepth: at.map((i) => truth.inverseDepth[i]!),
  };
}

function medianError(map: PlaneMap, truth: PlaneMap): number {
  const errors = map.inverseDepth.map((w, i) => Math.abs(w / truth.inverseDepth[i]! - 1)).sort();
  return errors[errors.length >> 1]!;
}

const truth = mapOf((x, y) => 3 + 0.03 * x + Math.sin(x / 9) * Math.cos(y / 7));

test("a global scale and shift is undone by a handful of anchors", () => {
  const predicted = { ...truth, inverseDepth: truth.inverseDepth.map((w) => 0.7 * w + 0.05) };
  expect(medianError(predicted, truth)).toBeGreaterThan(0.05);
  expect(medianError(bendDepth(predicted, anchorsOn(truth, 30)), truth)).toBeLessThan(0.01);
});

test("a scale that changes over the picture is followed where there are anchors", () => {
  const drift = (i: number) => 1 + 0.3 * Math.sin((i % size.width) / 10);
  const predicted = { ...truth, inverseDepth: truth.inverseDepth.map((w, i) => w * drift(i)) };
  const before = medianError(predicted, truth);
  const after = medianError(bendDepth(predicted, anchorsOn(truth, 200)), truth);
  expect(after).toBeLessThan(0.3 * before);
});

test("no anchors, or too few, or none on a prediction, change nothing", () => {
  expect(bendDepth(truth, { x: [], y: [], inverseDepth: [] })).toBe(truth);
  expect(bendDepth(truth, anchorsOn(truth, 2))).toBe(truth);
  const empty = emptyPlanes(size);
  expect(bendDepth(empty, anchorsOn(truth, 50))).toBe(empty);
});

test("anchors that contradict each other never turn depth negative", () => {
  const random = seededRandom("chaos");
  const anchors = anchorsOn(truth, 100);
  const wild = { ...anchors, inverseDepth: anchors.inverseDepth.map((w) => w * Math.exp(6 * random() - 3)) };
  for (const w of bendDepth(truth, wild).inverseDepth) expect(w).toBeGreaterThan(0);
});
