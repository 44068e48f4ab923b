/**
 * 8-bit products against float32 in the same run: an ordered pair of 512_dpt at 512x384, and a complete graph of eight
 * photos with 224_linear. Random weights: speed does not depend on the values.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Size, View } from "../src/core/view.ts";
import { type EncodedView, PairNetwork } from "../src/inference/pair-network.ts";
import { openEngine } from "../src/runtime/engine.ts";
import { openCheckpoint } from "../src/weights/open-checkpoint.ts";
import { openQuantizedWeights } from "../src/weights/quantized/open-quantized.ts";
import { type OFFICIAL, officialCheckpoint } from "./official-checkpoint.ts";

/** The reference's quietest pair (torch 1.13, 2 threads). */
const REFERENCE_SECONDS = 24.7;
const PHOTOS = 8;
const RUNS = 2;
const cache = join(tmpdir(), "dust3r-bench-int8");

interface Times {
  readonly encode: number;
  readonly decode: number;
}

/** Best times of both precisions, run by turns. */
async function compare(name: keyof typeof OFFICIAL, size: Size) {
  const checkpoint = await openCheckpoint(await officialCheckpoint(name));
  const start = performance.now();
  const quantized = await openQuantizedWeights(checkpoint, { cache });
  console.log(`${name}: 8-bit weights ready after ${((performance.now() - start) / 1000).toFixed(1)} s`);
  await using floatEngine = await openEngine({ device: "cpu" });
  await using int8Engine = await openEngine({ device: "cpu" });
  const float = new PairNetwork(floatEngine, checkpoint);
  const int8 = new PairNetwork(int8Engine, quantized, "q8");
  const best = { float: { encode: Infinity, decode: Infinity }, int8: { encode: Infinity, decode: Infinity } };
  for (let run = 0; run <= RUNS; run++) {
    for (const [key, network] of [
      ["float", float],
      ["int8", int8],
    ] as const) {
      const times = await timesOf(network, size);
      // The first run maps the weights.
      if (run === 0) continue;
      best[key].encode = Math.min(best[key].encode, times.encode);
      best[key].decode = Math.min(best[key].decode, times.decode);
    }
  }
  return { ...best, fileBytes: checkpoint.byteLength, peak: await int8Engine.peakMemory() };
}

/** Seconds of one photo and one pair. */
async function timesOf(network: PairNetwork, size: Size): Promise<Times> {
  const rgb = Uint8Array.from({ length: 3 * size.height * size.width }, (_, i) => 127 * (1 + Math.sin(i / 100)));
  const view = { ...size, rgb } as View;
  const start = performance.now();
  const [encoded1, encoded2] = (await network.encode([view, view])) as [EncodedView, EncodedView];
  const middle = performance.now();
  await network.decode({ view1: 0, view2: 1 }, encoded1, encoded2);
  return { encode: (middle - start) / 2000, decode: (performance.now() - middle) / 1000 };
}

const pair = await compare("512_dpt", { width: 512, height: 384 });
const pairSeconds = ({ encode, decode }: Times) => 2 * encode + decode;
const [float, int8] = [pairSeconds(pair.float), pairSeconds(pair.int8)];
console.log(`pair 512_dpt 512x384: float32 ${float.toFixed(2)} s, q8 ${int8.toFixed(2)} s`);
console.log(`  q8 / float32: ${(int8 / float).toFixed(2)} (to reach: 0.60)`);
console.log(`  q8 / reference's ${REFERENCE_SECONDS} s: ${(int8 / REFERENCE_SECONDS).toFixed(2)} (to reach: 0.35)`);
const beyond = pair.peak - pair.fileBytes / 4;
console.log(
  `  peak memory ${(pair.peak / 1e9).toFixed(2)} GB, - file / 4: ${(beyond / 1e9).toFixed(2)} GB (to reach: 0.80)`,
);

const small = await compare("224_linear", { width: 224, height: 224 });
const graph = ({ encode, decode }: Times) => PHOTOS * encode + PHOTOS * (PHOTOS - 1) * decode;
const [floatGraph, int8Graph] = [graph(small.float), graph(small.int8)];
console.log(
  `${PHOTOS} photos, complete graph, 224_linear: float32 ${floatGraph.toFixed(0)} s, q8 ${int8Graph.toFixed(0)} s`,
);
console.log(`  q8 / float32: ${(int8Graph / floatGraph).toFixed(2)} (to reach: 0.60)`);
