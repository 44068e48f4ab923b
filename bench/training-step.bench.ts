/**
 * The training step, one CPU thread: arithmetic per CPU second against a plain matrix product's, measured in turn.
 * `--profile` adds where the time goes.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { seededRandom } from "../src/core/random.ts";
import { identityPose } from "../src/geometry/pose.ts";
import type { NetworkConfig } from "../src/network/config.ts";
import { parameterShapes } from "../src/network/parameters.ts";
import type { PatchGrid } from "../src/network/tokens.ts";
import type { TensorValues } from "../src/runtime/device.ts";
import { openSession } from "../src/runtime/session.ts";
import { gradients } from "../src/tensor/gradients.ts";
import { onnxModel } from "../src/tensor/onnx-model.ts";
import { matmul } from "../src/tensor/operators/linalg.ts";
import { input } from "../src/tensor/tensor.ts";
import { pairBatch } from "../src/training/batches/pair-batch.ts";
import type { TrainingView } from "../src/training/batches/training-view.ts";
import { initialValues } from "../src/training/initialization/initial-values.ts";
import { addGradient, parameterFeeds } from "../src/training/loss/evaluate-loss.ts";
import { pairLossGraph } from "../src/training/loss/pair-loss-graph.ts";
import { trainingCriterion } from "../src/training/loss/pointmap-loss.ts";
import { gradientModel } from "../src/training/loss/training-graph.ts";
import { adamwState, adamwStep } from "../src/training/optimizer/adamw.ts";
import { parameterLayout } from "../src/training/optimizer/parameter-layout.ts";
import { countFlops } from "./count-flops.ts";

interface Workload {
  readonly name: string;
  readonly config: NetworkConfig;
  readonly grid: PatchGrid;
  readonly pairs: number;
}

const vit = (dim: number, encoder: number, decoder: number, heads: number): NetworkConfig => ({
  patchSize: 16,
  encoder: { dim, depth: encoder, heads },
  decoder: { dim, depth: decoder, heads },
  mlpRatio: 4,
  ropeBase: 100,
  head: { kind: "linear" },
  depthMode: "exp",
  confidenceMode: { kind: "exp", min: 1, max: Number.POSITIVE_INFINITY },
  imageSize: { height: 96, width: 128 },
});
const [small, large] = [
  { rows: 6, columns: 8 },
  { rows: 12, columns: 16 },
];
const WORKLOADS: readonly Workload[] = [
  { name: "dim 256, depth 6, 192 tokens, 32 images at once", config: vit(256, 6, 0, 4), grid: large, pairs: 16 },
  { name: "the same, 8 images at once", config: vit(256, 6, 0, 4), grid: large, pairs: 4 },
  { name: "dim 192, depth 6+4, 48 tokens", config: vit(192, 6, 4, 6), grid: small, pairs: 8 },
  { name: "dim 128, depth 6+4, 48 tokens", config: vit(128, 6, 4, 4), grid: small, pairs: 16 },
];
const GEMM = 1024;
/** The first step of a session takes twice as long: memory is fetched. */
const ROUNDS = 6;

const square = onnxModel({ y: matmul(input("a", [GEMM, GEMM]), input("b", [GEMM, GEMM])) }, () => new Uint8Array());
const yardstick = await openSession(square.bytes, { device: "cpu", threads: 1 });
const ones = { dtype: "float32", shape: [GEMM, GEMM], data: new Float32Array(GEMM ** 2).fill(1) } as const;

for (const workload of WORKLOADS) {
  const { config, grid, pairs, name } = workload;
  const grids = Array.from({ length: 2 * pairs }, () => grid);
  const graph = pairLossGraph(config, grids, trainingCriterion(0.2));
  const flops = countFlops([graph.terms.loss, ...gradients(graph.terms.loss, [...graph.parameters.values()])]);
  const model = gradientModel(graph).bytes;
  const layout = parameterLayout(parameterShapes(config));
  const values = initialValues(layout, 1);
  const batch = randomBatch(workload);
  const session = await openSession(model, { device: "cpu", threads: 1, arena: true });
  const gradientSum = new Float32Array(layout.length);

  // Other processes come and go: the step and its yardstick take turns, and the best of each counts.
  let [step, product] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    step = Math.min(step, await cpuSeconds(() => addGradient(session, batch, { layout, values, gradientSum })));
    product = Math.min(product, await cpuSeconds(() => yardstick.run({ a: ones, b: ones })));
  }
  const state = adamwState(layout);
  let update = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const seconds = await cpuSeconds(async () => {
      adamwStep(values, gradientSum, state, { layout, learningRate: 1e-4 });
    });
    update = Math.min(update, seconds);
  }
  await session.dispose();
  const rate = flops / step / 1e9;
  const peak = (2 * GEMM ** 3) / product / 1e9;
  console.log(
    `${name}: ${(layout.length / 1e6).toFixed(1)} M parameters, ${(flops / pairs / 1e9).toFixed(2)} GFLOP a pair`,
  );
  console.log(
    `  ${rate.toFixed(1)} GFLOPS per CPU second, ${(100 * (rate / peak)).toFixed(0)} % of ${peak.toFixed(0)} (to reach: 60 %, 46); ` +
      `${(pairs / step).toFixed(1)} pairs per CPU second, both directions; AdamW ${(1000 * update).toFixed(0)} ms`,
  );
  if (process.argv.includes("--profile")) await profile(model, { ...batch, ...parameterFeeds(layout, values) });
}
await yardstick.dispose();

async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function randomBatch({ config, grid, pairs }: Workload): TensorValues {
  const random = seededRandom("training step");
  const [height, width] = [grid.rows * config.patchSize, grid.columns * config.patchSize];
  const view = (): TrainingView => ({
    height,
    width,
    image: Float32Array.from({ length: 3 * height * width }, () => 2 * random() - 1),
    points: Float32Array.from({ length: 3 * height * width }, () => 1 + random()),
    valid: new Uint8Array(height * width).fill(1),
    worldFromCam: identityPose(),
  });
  const drawn = Array.from({ length: pairs }, () => [view(), view()] as const);
  return pairBatch(drawn, config);
}

/** Milliseconds per operator type in the second of two runs, by ONNX Runtime's own account. */
async function profile(model: Uint8Array, values: TensorValues): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "dust3r-profile-"));
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    graphOptimizationLevel: "extended",
    enableProfiling: true,
    profileFilePrefix: join(folder, "run"),
  });
  const feeds = Object.entries(values).map(
    ([name, { dtype, data, shape }]) => [name, new Tensor(dtype, data as Float32Array, shape)] as const,
  );
  for (let run = 0; run < 2; run++) await session.run(Object.fromEntries(feeds));
  session.endProfiling();
  await session.release();
  const events: { cat: string; name: string; ts: number; dur: number; args: { op_name: string } }[] = JSON.parse(
    readFileSync(join(folder, readdirSync(folder)[0]!), "utf8"),
  );
  rmSync(folder, { recursive: true });
  const last = events.filter(({ name }) => name === "model_run").at(-1)!;
  const kernels = events.filter(({ cat, name, ts }) => cat === "Node" && name.endsWith("kernel_time") && ts >= last.ts);
  const total = kernels.reduce((sum, { dur }) => sum + dur, 0);
  const byType = new Map<string, number>();
  for (const { args, dur } of kernels) byType.set(args.op_name, (byType.get(args.op_name) ?? 0) + dur);
  const shares = [...byType].sort(([, a], [, b]) => b - a).slice(0, 12);
  console.log(`  ${shares.map(([type, time]) => `${type} ${((100 * time) / total).toFixed(1)} %`).join(", ")}`);
}
