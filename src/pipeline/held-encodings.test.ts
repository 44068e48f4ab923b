import { expect, test } from "vitest";
import type { EncodedTwice } from "../inference/mirrored-network.ts";
import { heldEncoding } from "./held-encodings.ts";
import { openOverflow } from "./overflow.ts";

function encoded(first: number): EncodedTwice {
  const features = Float32Array.from({ length: 8 }, (_, i) => first + i);
  return { width: 4, height: 2, features, mirrored: { width: 4, height: 2, features: features.toReversed() } };
}

test("encodings beyond the memory that they may take are read from a disk, and are the same", async () => {
  await using overflow = openOverflow(64);
  const views = [encoded(0), encoded(10), encoded(20)];
  const held = await Promise.all(views.map((view) => heldEncoding(view, overflow)));
  expect(held[0]).toBe(views[0]);
  for (const [i, view] of held.entries()) {
    expect(view).toEqual(views[i]);
    const [first, second] = [view.features, view.features];
    expect(first === second).toBe(i === 0);
    expect((view as EncodedTwice).mirrored.features).toEqual(views[i]!.mirrored.features);
  }
  const { mirrored: _, ...once } = encoded(30);
  expect(await heldEncoding(once, overflow)).toEqual(once);
});

test("without room on a disk they stay in memory", async () => {
  const full = openOverflow(0, async () => ({ put: () => undefined, async [Symbol.asyncDispose]() {} }));
  const view = encoded(0);
  expect(await heldEncoding(view, full)).toBe(view);
});
