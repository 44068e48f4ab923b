import { PLYLoader } from "three/addons/loaders/PLYLoader.js";
import { expect, test } from "vitest";
import { encodeSplatInit } from "./splat-init.ts";

function points(count: number) {
  return {
    positions: Float32Array.from({ length: 3 * count }, (_, i) => i),
    colors: Uint8Array.from({ length: 3 * count }, (_, i) => i % 256),
    confidences: new Float32Array(count).fill(3),
  };
}

const parse = (bytes: Uint8Array) => new PLYLoader().parse(bytes.slice().buffer as ArrayBuffer);

test("the layout is the one that trainers read", () => {
  const bytes = encodeSplatInit(points(5));
  const header = new TextDecoder("latin1").decode(bytes).split("end_header\n")[0]!;
  expect(header.match(/property \w+ \w+/g)).toEqual([
    ...["x", "y", "z", "nx", "ny", "nz"].map((name) => `property float ${name}`),
    ...["red", "green", "blue"].map((name) => `property uchar ${name}`),
  ]);
  expect([...parse(bytes).getAttribute("position").array]).toEqual([...points(5).positions]);
});

test("of many points an even choice is kept", () => {
  const kept = parse(encodeSplatInit(points(250_000))).getAttribute("position");
  expect(kept.count).toBe(100_000);
  const indices = Array.from({ length: kept.count }, (_, i) => kept.getX(i) / 3);
  const gaps = indices.slice(1).map((index, i) => index - indices[i]!);
  expect(Math.min(...gaps.slice(0, 1000))).toBeGreaterThanOrEqual(2);
  expect(Math.max(...gaps.slice(0, 1000))).toBeLessThanOrEqual(3);
  expect(indices.at(-1)).toBeGreaterThan(249_990);
});
