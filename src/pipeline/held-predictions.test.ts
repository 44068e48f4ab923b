import { expect, test } from "vitest";
import { arcCameras, noisyPredictions } from "../../test/noisy-room.ts";
import { align } from "../alignment/align.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import { heldPrediction, heldPredictions } from "./held-predictions.ts";
import { openOverflow } from "./overflow.ts";
import { streamed } from "./streamed.ts";

const cameras = arcCameras(4, { width: 32, height: 24 });
const pairs = cameras.flatMap((_, i) => cameras.flatMap((_, j) => (i === j ? [] : [[i, j] as const])));
const predictions = [...noisyPredictions(cameras, pairs)];
const bytes = 2 * 4 * 32 * 24 * 4;

async function held(most: number): Promise<{ all: PairPrediction[]; close: () => PromiseLike<void> }> {
  const overflow = openOverflow(most);
  const all: PairPrediction[] = [];
  for await (const prediction of heldPredictions(streamed(predictions), overflow)) all.push(prediction);
  return { all, close: () => overflow[Symbol.asyncDispose]() };
}

test("predictions beyond the memory that they may take are read from a disk, and are the same", async () => {
  const { all, close } = await held(3 * bytes);
  expect(all.map(({ stored }) => stored !== undefined)).toEqual(predictions.map((_, i) => i >= 3));
  for (const [i, prediction] of all.entries()) {
    const { stored: _, ...maps } = { ...prediction };
    expect(maps).toEqual({ ...predictions[i]!, stored: undefined });
    const [first, second] = [prediction.pointmap1, prediction.pointmap1];
    expect(first === second).toBe(i < 3);
  }
  await close();
});

const mask = Uint8Array.from({ length: 32 * 24 }, (_, i) => Number(i % 5 > 0));

test.each([undefined, [mask, undefined, mask, mask]])(
  "alignment of what is on the disk gives the same scene, to the last bit",
  async (masks) => {
    const sizes = cameras.map(({ size }) => size);
    const options = masks && { priors: { masks } };
    const { seconds: _, ...inMemory } = (await align(sizes, streamed(predictions), options)).alignment;
    const { all, close } = await held(0);
    const scene = await align(sizes, streamed(all), options);
    expect(scene.alignment).toMatchObject(inMemory);
    const again = await align(sizes, streamed(predictions), options);
    expect(scene.images).toEqual(again.images);
    await close();
  },
);

test("without room on a disk they stay in memory", async () => {
  const overflow = openOverflow(0, async () => ({ put: () => undefined, async [Symbol.asyncDispose]() {} }));
  expect(await heldPrediction(predictions[0]!, overflow)).toBe(predictions[0]);
  const none = openOverflow(0, async () => undefined);
  expect(await heldPrediction(predictions[0]!, none)).toBe(predictions[0]);
});
