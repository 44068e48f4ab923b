/**
 * 8-bit products against float32 in Chromium, on WebAssembly with two threads: the graphs of `small`, by turns on one page,
 * their files' sizes, and how far apart their points are.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { Size } from "../src/core/view.ts";
import { decoderGraph, encoderGraph } from "../src/inference/inference-graphs.ts";
import { quantizedLayers } from "../src/network/quantized-layers.ts";
import { sampleLayerInputs } from "../src/pipeline/layer-inputs.ts";
import type { Checkpoint } from "../src/weights/checkpoint.ts";
import { openQuantizedWeights } from "../src/weights/quantized/open-quantized.ts";
import { resolveModel } from "../src/weights/resolve-model.ts";
import { launchChromium, openPage } from "../test/browser/open-page.ts";
import { serveFolders } from "../test/browser/serve-folder.ts";

const [THREADS, RUNS] = [2, 8];
const SIZE: Size = { width: 96, height: 72 };
const ORT = resolve(import.meta.dirname, "../node_modules/onnxruntime-web/dist");

const folder = await mkdtemp(join(tmpdir(), "dust3r-bench-"));
const float = await resolveModel("small");
const measureInputs = () => sampleLayerInputs(float, quantizedLayers(float.config));
const int8 = await openQuantizedWeights(float, { cache: folder, measureInputs });
const kinds: readonly (readonly [string, Checkpoint, "fp32" | "q8"])[] = [
  ["float32", float, "fp32"],
  ["q8", int8, "q8"],
];
for (const [name, checkpoint, dtype] of kinds) {
  await writeFile(join(folder, `${name}.encode.onnx`), encoderGraph(checkpoint, { batch: 1, ...SIZE }, dtype).bytes);
  await writeFile(join(folder, `${name}.decode.onnx`), decoderGraph(checkpoint, SIZE, SIZE, dtype).bytes);
}
await writeFile(join(folder, "index.html"), "<!doctype html><title>8-bit products</title>");
await using site = await serveFolders({
  "/": folder,
  "/ort/": ORT,
  "/float32/": dirname(float.path),
  "/q8/": dirname(int8.path),
});
const browser = await launchChromium();
const { page, problems } = await openPage(browser, site.url);
const files = kinds.map(([name, { path }]) => [name, basename(path)] as const);

const found = await page.evaluate(
  async ({ files, size, threads, runs }) => {
    // Written so that the compiler looks for no such module here.
    const runtime = "/ort/ort.wasm.min.mjs";
    const ort = (await import(runtime)) as typeof import("onnxruntime-web");
    ort.env.wasm.numThreads = threads;
    const image = Float32Array.from({ length: 3 * size.height * size.width }, (_, i) => Math.sin(i / 100));
    const networks = [];
    for (const [name, file] of files) {
      const sessions = [];
      for (const part of ["encode", "decode"]) {
        const externalData = [{ path: file, data: `/${name}/${file}` }];
        const options = { executionProviders: ["wasm"], externalData };
        sessions.push(await ort.InferenceSession.create(`/${name}.${part}.onnx`, options));
      }
      networks.push(sessions);
    }
    const seconds: number[][] = files.map(() => []);
    const points: Float32Array[] = [];
    for (let run = 0; run <= runs; run++) {
      for (const [k, [encode, decode]] of networks.entries()) {
        const start = performance.now();
        const images = new ort.Tensor("float32", image, [1, 3, size.height, size.width]);
        const { features } = await encode!.run({ images });
        const { pointmap1 } = await decode!.run({ features1: features!, features2: features! });
        // The first run compiles.
        if (run > 0) seconds[k]!.push((performance.now() - start) / 1000);
        points[k] = pointmap1!.data as Float32Array;
      }
    }
    const [exact, rounded] = points as [Float32Array, Float32Array];
    const moved: number[] = [];
    for (let k = 0; k < exact.length; k += 3) {
      const length = Math.hypot(exact[k]!, exact[k + 1]!, exact[k + 2]!);
      const off = [0, 1, 2].map((axis) => rounded[k + axis]! - exact[k + axis]!);
      moved.push(Math.hypot(...off) / length);
    }
    const deviation = moved.sort((a, b) => a - b)[Math.floor(moved.length / 2)]!;
    return { isolated: crossOriginIsolated, best: seconds.map((all) => Math.min(...all)), deviation };
  },
  { files, size: SIZE, threads: THREADS, runs: RUNS },
);
await browser.close();
await rm(folder, { recursive: true, force: true });

console.log(`one photo and one pair of small in Chromium, WebAssembly, ${found.isolated ? THREADS : 1} threads:`);
for (const [k, [name, { byteLength }]] of kinds.entries()) {
  console.log(`  ${name}: ${(1000 * found.best[k]!).toFixed(0)} ms, weights of ${(byteLength / 1e6).toFixed(1)} MB`);
}
console.log(`  q8 / float32: ${(found.best[1]! / found.best[0]!).toFixed(2)}`);
console.log(`  median deviation of points ${(100 * found.deviation).toFixed(2)} %`);
for (const problem of problems) console.log(`  the browser says: ${problem}`);
