import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CapabilityError } from "../src/core/errors.ts";
import type { View } from "../src/core/view.ts";
import { predictionDeviation } from "../src/evaluation/metrics/prediction-deviation.ts";
import type { PairNetwork } from "../src/inference/pair-network.ts";
import { openModel } from "../src/pipeline/open-model.ts";
import { predictPairs } from "../src/pipeline/predict-pairs.ts";
import { probeInt8 } from "../src/runtime/int8-probe.ts";

const PHOTOS = [1, 2].map((n) => resolve(import.meta.dirname, `../examples/photos/courtyard-${n}.jpg`));
const ON_CPU = { model: "small", device: "cpu", threads: 1, mirror: false } as const;
const cache = mkdtempSync(join(tmpdir(), "dust3r-cache-"));
const before = process.env.DUST3R_CACHE;
beforeAll(() => {
  process.env.DUST3R_CACHE = cache;
});
afterAll(() => {
  if (before === undefined) delete process.env.DUST3R_CACHE;
  else process.env.DUST3R_CACHE = before;
  rmSync(cache, { recursive: true, force: true });
});

const isExact = (await probeInt8({ cache }))?.exact;

test("what the probe found is remembered for this processor and no other", async () => {
  const path = join(cache, "int8.json");
  const found = JSON.parse(readFileSync(path, "utf8"));
  expect(found.speedup).toBeGreaterThan(0);
  writeFileSync(path, JSON.stringify({ ...found, speedup: 99 }));
  expect(await probeInt8()).toEqual({ ...found, speedup: 99 });
  writeFileSync(path, JSON.stringify({ ...found, platform: "another", speedup: 99 }));
  expect((await probeInt8())!.speedup).not.toBe(99);
});

describe.runIf(isExact)("a network in 8 bits", () => {
  test("answers nearly as in float32, and says that it is one", async () => {
    await using float = await openModel(ON_CPU);
    await using int8 = await openModel({ ...ON_CPU, dtype: "q8" });
    expect([float.network.dtype, int8.network.dtype]).toEqual(["fp32", "q8"]);
    const [exact, rounded] = [
      await predictPairs(PHOTOS, { model: float }),
      await predictPairs(PHOTOS, { model: int8 }),
    ];
    const { points, confidence } = predictionDeviation(exact.predictions, rounded.predictions);
    expect(points.median).toBeLessThan(0.02);
    expect(confidence.median).toBeLessThan(0.02);
    // It is another arithmetic, not the same one under another name.
    expect(points.median).toBeGreaterThan(1e-4);
  });

  test("encodes views together as if each were alone, to the last bit", async () => {
    await using model = await openModel({ ...ON_CPU, dtype: "q8" });
    const network = model.network as PairNetwork;
    const view = (scale: number) =>
      ({
        width: 96,
        height: 72,
        rgb: Uint8Array.from({ length: 3 * 72 * 96 }, (_, i) => 127 * (1 + scale * Math.sin(i))),
      }) as View;
    const views = [view(1), view(0.2)];
    const together = await network.encode(views);
    expect(together).toEqual([...(await network.encode([views[0]!])), ...(await network.encode([views[1]!]))]);
  });

  test("auto leaves a small network in float32", async () => {
    await using model = await openModel({ ...ON_CPU, dtype: "auto" });
    expect(model.network.dtype).toBe("fp32");
  });
});

test("a processor whose sums saturate is told, and nothing is computed", async () => {
  const path = join(cache, "int8.json");
  const found = await probeInt8();
  writeFileSync(path, JSON.stringify({ ...found, exact: false }));
  await expect(openModel({ ...ON_CPU, dtype: "q8" })).rejects.toThrow(CapabilityError);
  await using model = await openModel({ ...ON_CPU, dtype: "auto" });
  expect(model.network.dtype).toBe("fp32");
});
