import { deserialize, serialize } from "node:v8";
import { expect, test } from "vitest";
import { randomFeatures } from "../../test/random-features.ts";
import { seededRandom } from "../core/random.ts";
import { matchFeatures } from "../features/match-features.ts";
import { heldFeatures } from "./held-features.ts";
import { openOverflow } from "./overflow.ts";

const photos = ["a", "b", "c"].map((seed) => randomFeatures(seededRandom(seed), 50));

test("descriptors beyond the memory that they may take are read from a disk, and are the same", async () => {
  await using overflow = openOverflow(50 * 128);
  const held = await Promise.all(photos.map((features) => heldFeatures(features, overflow)));
  expect(held[0]).toBe(photos[0]);
  for (const [i, features] of held.entries()) {
    expect({ ...features }).toEqual(photos[i]);
    const [first, second] = [features.descriptors, features.descriptors];
    expect(first === second).toBe(i === 0);
    expect(deserialize(serialize(features))).toEqual(photos[i]);
  }
  expect(matchFeatures(held[1]!, held[2]!)).toEqual(matchFeatures(photos[1]!, photos[2]!));
});

test("what stays in memory of them is no view of all that another process sent", async () => {
  const sent = new Uint8Array(4 * 50 + photos[0]!.descriptors.length);
  const angles = new Float32Array(sent.buffer, 0, 50);
  await using overflow = openOverflow(0);
  const held = await heldFeatures({ ...photos[0]!, angles }, overflow);
  expect(held.angles).toEqual(angles);
  expect(held.angles.buffer.byteLength).toBe(angles.byteLength);
});

test("without room on a disk they stay in memory", async () => {
  const full = openOverflow(0, async () => ({ put: () => undefined, async [Symbol.asyncDispose]() {} }));
  expect(await heldFeatures(photos[0]!, full)).toBe(photos[0]);
});
