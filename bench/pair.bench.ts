/** One ordered pair, 512_dpt at 512x384, CPU float32: against the PyTorch reference and against the machine itself. */
import type { View } from "../src/core/view.ts";
import { type EncodedView, PairNetwork } from "../src/inference/pair-network.ts";
import { encode } from "../src/network/encoder.ts";
import { decodePair } from "../src/network/network.ts";
import { openEngine } from "../src/runtime/engine.ts";
import { input, parameter } from "../src/tensor/tensor.ts";
import { openCheckpoint } from "../src/weights/open-checkpoint.ts";
import { countFlops } from "./count-flops.ts";
import { gemmPeak } from "./gemm-peak.ts";
import { officialCheckpoint } from "./official-checkpoint.ts";

/** Quietest of the reference's recorded runs (torch 1.13, 2 threads, a machine of the same kind). */
const REFERENCE_SECONDS = 24.7;
const RUNS = 3;
const size = { width: 512, height: 384 };

const checkpoint = await openCheckpoint(await officialCheckpoint("512_dpt"));
await using engine = await openEngine({ device: "cpu" });
await using yardstick = await openEngine({ device: "cpu" });
const network = new PairNetwork(engine, checkpoint);
const view = {
  ...size,
  rgb: Uint8Array.from({ length: 3 * 384 * 512 }, (_, i) => 127 * (1 + Math.sin(i / 100))),
} as View;

const image = input("image", [1, 3, size.height, size.width]);
const encoded = encode(image, checkpoint.config, parameter);
const encodeFlops = countFlops([encoded.x]);
const { view1, view2 } = decodePair(encoded, encoded, checkpoint.config, parameter);
const decodeFlops = countFlops([view1.pointmap, view2.pointmap]) - encodeFlops;
const flops = 2 * encodeFlops + decodeFlops;

let best = { seconds: Number.POSITIVE_INFINITY, encode: 0, peak: 0 };
for (let run = 0; run <= RUNS; run++) {
  const peak = await gemmPeak(yardstick);
  const start = performance.now();
  const [encoded1, encoded2] = (await network.encode([view, view])) as [EncodedView, EncodedView];
  const encodeSeconds = (performance.now() - start) / 1000;
  await network.decode({ view1: 0, view2: 1 }, encoded1, encoded2);
  const seconds = (performance.now() - start) / 1000;
  const share = flops / seconds / 1e9 / peak;
  const label = run === 0 ? "first (maps the weights)" : `run ${run}`;
  console.log(
    `${label}: ${seconds.toFixed(1)} s (encode ${encodeSeconds.toFixed(1)}), ${(100 * share).toFixed(0)} % of ${peak.toFixed(0)} GFLOPS`,
  );
  if (run > 0 && seconds < best.seconds) best = { seconds, encode: encodeSeconds, peak };
}
const rate = flops / best.seconds / 1e9;
const memory = (await engine.peakMemory()) - checkpoint.byteLength;
console.log(
  `pair 512_dpt 512x384: ${(flops / 1e12).toFixed(2)} TFLOP in ${best.seconds.toFixed(1)} s = ${rate.toFixed(0)} GFLOPS`,
);
console.log(
  `  time / reference's ${REFERENCE_SECONDS} s: ${(best.seconds / REFERENCE_SECONDS).toFixed(2)} (to reach: 0.60)`,
);
console.log(`  rate / GEMM rate of ${best.peak.toFixed(0)} GFLOPS: ${(rate / best.peak).toFixed(2)} (to reach: 0.80)`);
console.log(`  peak memory - file size: ${(memory / 1e9).toFixed(2)} GB (to reach: 0.70)`);
