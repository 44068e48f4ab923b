import { expect, test } from "vitest";
import { chosenFused, chosenPoints, evenOrder, pickedPoints } from "./point-order.ts";

test("every beginning of the order is an even choice, and all are in it once", () => {
  const order = evenOrder(10_000);
  expect(order.toSorted()).toEqual(Uint32Array.from({ length: 10_000 }, (_, i) => i));
  expect(evenOrder(10_000)).toEqual(order);
  for (const count of [500, 2000, 7000]) {
    const tenths = new Uint32Array(10);
    for (const i of order.subarray(0, count)) tenths[Math.floor(i / 1000)]!++;
    // Five standard deviations of a fair choice.
    for (const found of tenths) expect(Math.abs(found - count / 10)).toBeLessThan(5 * Math.sqrt(count / 10));
  }
});

test("a choice keeps what belongs together and the order; enough room keeps all", () => {
  const count = 1000;
  const of = (size: number) => Float32Array.from({ length: size * count }, (_, i) => Math.floor(i / size));
  const bytes = (size: number) => Uint8Array.from(of(size));
  const points = { positions: of(3), colors: bytes(3), confidences: of(1) };
  const fused = { positions: of(3), normals: of(3), colors: bytes(3), photos: bytes(1) };
  const few = chosenPoints(points, 100);
  expect(few.confidences.length).toBe(100);
  expect(few.confidences.toSorted()).toEqual(few.confidences);
  expect(new Set(few.confidences).size).toBe(100);
  for (const [i, value] of few.confidences.entries()) {
    expect([...few.positions.subarray(3 * i, 3 * i + 3)]).toEqual([value, value, value]);
    expect(few.colors[3 * i + 2]).toBe(value & 255);
  }
  const fewFused = chosenFused(fused, 100);
  expect(fewFused.positions).toEqual(few.positions);
  expect(fewFused.normals).toEqual(few.positions);
  expect(fewFused.photos).toEqual(Uint8Array.from(few.confidences));
  expect(chosenPoints(points, count)).toEqual(points);
  expect(chosenFused(fused, count)).toEqual(fused);
  expect([...pickedPoints(points, Uint32Array.of(7, 3)).confidences]).toEqual([7, 3]);
});
