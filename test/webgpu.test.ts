import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CapabilityError } from "../src/core/errors.ts";
import { seededRandom } from "../src/core/random.ts";
import type { View } from "../src/core/view.ts";
import { PairNetwork } from "../src/inference/pair-network.ts";
import { openEngine } from "../src/runtime/engine.ts";
import type { Engine } from "../src/runtime/engine-process.ts";
import { usableDevices } from "../src/runtime/usable-devices.ts";
import { trainingBatches } from "../src/training/batches/training-batches.ts";
import { parseTrainConfig } from "../src/training/config/train-config.ts";
import { initialValues } from "../src/training/initialization/initial-values.ts";
import { addGradient } from "../src/training/loss/evaluate-loss.ts";
import { gradientModel } from "../src/training/loss/training-graph.ts";
import { pointmapObjective } from "../src/training/objectives/pointmap-objective.ts";
import { parameterLayout } from "../src/training/optimizer/parameter-layout.ts";
import type { Checkpoint } from "../src/weights/checkpoint.ts";
import { openCheckpoint } from "../src/weights/open-checkpoint.ts";

// Any Linux machine can have an adapter: Chromium's software renderer (`apt-get install chromium libvulkan1`). It is
// offered beside the machine's own drivers to the engines' processes, which inherit this.
const SOFTWARE_VULKAN = "/usr/lib/chromium/vk_swiftshader_icd.json";
if (existsSync(SOFTWARE_VULKAN)) process.env.VK_ADD_DRIVER_FILES ??= SOFTWARE_VULKAN;
const hasAdapter = (await usableDevices(["webgpu"])).length > 0;

/** Small, since a software renderer multiplies at 0.2 GFLOPS. */
const SIZE = { width: 32, height: 16 };

describe.skipIf(!hasAdapter)("on a WebGPU adapter", { timeout: 120_000 }, () => {
  // One engine for all tests: its sessions share compiled shaders, which take nearly all of the time.
  let webgpu: Engine;
  let cpu: Engine;
  let checkpoint: Checkpoint;
  beforeAll(async () => {
    checkpoint = await openCheckpoint(resolve(import.meta.dirname, "fixtures/tiny_dpt_weights.safetensors"));
    webgpu = await openEngine({ device: "webgpu" });
    cpu = await openEngine({ device: "cpu", threads: 1 });
  });
  afterAll(async () => {
    await webgpu[Symbol.asyncDispose]();
    await cpu[Symbol.asyncDispose]();
  });

  test("a network with DPT heads predicts what it does on the CPU", async () => {
    const predictOn = async (engine: Engine) => {
      const network = new PairNetwork(engine, checkpoint);
      const [encoded1, encoded2] = await network.encode([noise("first"), noise("second")]);
      return network.decode({ view1: 0, view2: 1 }, encoded1!, encoded2!);
    };
    const [found, expected] = [await predictOn(webgpu), await predictOn(cpu)];
    for (const output of ["pointmap1", "pointmap2", "confidence1", "confidence2"] as const) {
      expect(difference(found[output], expected[output]), output).toBeLessThan(1e-4);
    }
  });

  test("a training step, with linear heads, has the loss and the gradient that it has on the CPU", async () => {
    const stack = { dim: 32, depth: 1, heads: 2 };
    const config = parseTrainConfig("test", {
      network: { encoder: stack, decoder: stack, cosinePositions: true },
      stages: [{ width: 32, height: 24, steps: 1, pairs: 2 }],
      matching: 0.5,
      data: { scenes: 2, views: 3 },
    });
    const objective = pointmapObjective(config);
    const batch = await trainingBatches(objective.batches(0))(0);
    const layout = parameterLayout(objective.shapes);
    const values = initialValues(layout, config.seed);
    const { bytes } = gradientModel(objective.graphs(0)[0]!);
    const stepOn = async (engine: Engine) => {
      const gradientSum = new Float32Array(layout.length);
      const losses = await addGradient(await engine.open(bytes), batch, { layout, values, gradientSum });
      return { losses, gradientSum };
    };
    const [found, expected] = [await stepOn(webgpu), await stepOn(cpu)];
    expect(Object.keys(found.losses)).toContain("matchingLoss");
    for (const [name, loss] of Object.entries(expected.losses)) {
      expect(difference([found.losses[name]!], [loss]), name).toBeLessThan(1e-5);
    }
    for (const [name, { start, end }] of layout.ranges) {
      const [actual, exact] = [found, expected].map(({ gradientSum }) => gradientSum.subarray(start, end));
      expect(difference(actual!, exact!), name).toBeLessThan(1e-4);
    }
  });

  test("half precision works, or is said to be missing", async () => {
    const network = new PairNetwork(webgpu, checkpoint, "fp16");
    const problem = await network.encode([noise("first")]).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (problem === undefined) return;
    expect(problem).toBeInstanceOf(CapabilityError);
    expect((problem as Error).message).toMatch(/no half precision.*dtype fp32/);
  });
});

function noise(name: string): View {
  const random = seededRandom(name);
  const rgb = Uint8Array.from({ length: 3 * SIZE.width * SIZE.height }, () => 256 * random());
  return { ...SIZE, name, rgb } as View;
}

/** Length of the difference relative to what is expected. */
function difference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  return Math.hypot(...Array.from(expected, (value, i) => found[i]! - value)) / Math.hypot(...Array.from(expected));
}
