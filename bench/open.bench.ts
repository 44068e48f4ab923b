/** Opening an official-size checkpoint: time and memory before the first run, both graphs ready. */
import { decoderGraph, encoderGraph } from "../src/inference/inference-graphs.ts";
import { openEngine } from "../src/runtime/engine.ts";
import { openCheckpoint } from "../src/weights/open-checkpoint.ts";
import { officialCheckpoint } from "./official-checkpoint.ts";

const REFERENCE = { seconds: 20.7, gigabytes: 4.6 };
const size = { width: 512, height: 384 };
const folder = await officialCheckpoint("512_dpt");

const before = process.memoryUsage().rss;
const start = performance.now();
const checkpoint = await openCheckpoint(folder);
const headers = (performance.now() - start) / 1000;
await using engine = await openEngine({ device: "cpu" });
const options = { weightsFolder: folder, prepack: false };
await engine.open(encoderGraph(checkpoint, { ...size, batch: 2 }, "fp32").bytes, options);
await engine.open(decoderGraph(checkpoint, size, size, "fp32").bytes, options);
const seconds = (performance.now() - start) / 1000;
const own = process.memoryUsage().rss - before;
const gigabytes = ((await engine.peakMemory()) + own) / 1e9;

console.log(`opening ${(checkpoint.byteLength / 1e9).toFixed(2)} GB of weights (512_dpt)`);
console.log(
  `  headers read and checked: ${headers.toFixed(2)} s; with both graphs ready: ${seconds.toFixed(2)} s (to reach: 2; reference: ${REFERENCE.seconds})`,
);
console.log(`  resident: ${gigabytes.toFixed(2)} GB (to reach: 0.3; reference: ${REFERENCE.gigabytes})`);
