/** Eight photos, 224_linear, complete graph: encoding each photo once against encoding both for every pair. */
import type { View } from "../src/core/view.ts";
import { type EncodedView, PairNetwork } from "../src/inference/pair-network.ts";
import { openEngine } from "../src/runtime/engine.ts";
import { openCheckpoint } from "../src/weights/open-checkpoint.ts";
import { officialCheckpoint } from "./official-checkpoint.ts";

const PHOTOS = 8;
const PAIRS = PHOTOS * (PHOTOS - 1);
const size = { width: 224, height: 224 };

const checkpoint = await openCheckpoint(await officialCheckpoint("224_linear"));
await using engine = await openEngine({ device: "cpu" });
const network = new PairNetwork(engine, checkpoint);
const view = { ...size, rgb: new Uint8Array(3 * 224 * 224).fill(140) } as View;
const [encoded] = (await network.encode([view])) as [EncodedView];
await network.decode({ view1: 0, view2: 1 }, encoded, encoded);

const encode: number[] = [];
const decode: number[] = [];
for (let run = 0; run < 5; run++) {
  encode.push(await seconds(() => network.encode([view])));
  decode.push(await seconds(() => network.decode({ view1: 0, view2: 1 }, encoded, encoded)));
}
const [once, pair] = [median(encode), median(decode)];
const ours = PHOTOS * once + PAIRS * pair;
const perPair = PAIRS * (2 * once + pair);
console.log(`encode ${once.toFixed(2)} s a photo, decode ${pair.toFixed(2)} s a pair (medians of 5)`);
console.log(`  ${PHOTOS} photos, ${PAIRS} pairs: ${ours.toFixed(0)} s; encoding per pair: ${perPair.toFixed(0)} s`);
console.log(`  ratio: ${(ours / perPair).toFixed(2)} (to reach: 0.55)`);

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
