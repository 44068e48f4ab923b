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
await using engine = await openEngine({ device: "cpu" });
const opened = { seconds: (performance.now() - start) / 1000, gigabytes: await resident() };
const options = { weights: checkpoint.path, prepack: false };
await engine.open(encoderGraph(checkpoint, { ...size, batch: 2 }, "fp32").bytes, options);
await engine.open(decoderGraph(checkpoint, size, size, "fp32").bytes, options);
const ready = { seconds: (performance.now() - start) / 1000, gigabytes: await resident() };

console.log(`opening ${(checkpoint.byteLength / 1e9).toFixed(2)} GB of weights (512_dpt)`);
for (const [what, { seconds, gigabytes }] of Object.entries({
  "checked and engine started": opened,
  "both graphs ready": ready,
})) {
  console.log(`  ${what}: ${seconds.toFixed(2)} s, ${gigabytes.toFixed(2)} GB resident`);
}
console.log(`  to reach: 2 s, 0.3 GB; reference: ${REFERENCE.seconds} s, ${REFERENCE.gigabytes} GB`);

/** Of the engine's process, and what this one has grown by. */
async function resident(): Promise<number> {
  return ((await engine.peakMemory()) + process.memoryUsage().rss - before) / 1e9;
}
