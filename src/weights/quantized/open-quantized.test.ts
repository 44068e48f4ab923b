import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesInMemory } from "../../core/byte-source.ts";
import { FormatError, InputError } from "../../core/errors.ts";
import { silentLogger } from "../../core/logger.ts";
import { readSafetensorsHeader } from "../../formats/safetensors.ts";
import { readFloats, readTensor, type TensorEntry } from "../../formats/tensor-entry.ts";
import { inputParts, quantizedLayers } from "../../network/quantized-layers.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { openCheckpoint } from "../open-checkpoint.ts";
import { openQuantizedWeights } from "./open-quantized.ts";

const FIXTURES = resolve(import.meta.dirname, "../../../test/fixtures");
let folder: string;
let checkpoint: Checkpoint;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-int8-"));
  checkpoint = await openCheckpoint(join(FIXTURES, "tiny_linear_weights.safetensors"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A logger that keeps what it was told. */
function hearing() {
  const heard: string[] = [];
  const keep = (message: string) => void heard.push(message);
  return { heard, logger: { ...silentLogger, info: keep, warn: keep } };
}

test("fully connected layers of the trunk are in 8 bits, the rest as it was, in a quarter of the bytes", async () => {
  const quantized = await openQuantizedWeights(checkpoint, { cache: join(folder, "plain") });
  const layers = quantizedLayers(checkpoint.config);
  expect(layers).toHaveLength(3 * 4 + 2 * 4 * 8);
  expect(layers.some((layer) => layer.includes("head"))).toBe(false);
  const [before, after] = [checkpoint, quantized].map(({ path }) => bytesInMemory(path, readFileSync(path))) as [
    ReturnType<typeof bytesInMemory>,
    ReturnType<typeof bytesInMemory>,
  ];
  for (const [name, entry] of quantized.tensors) {
    expect(await readFloats(after, entry)).toEqual(await readFloats(before, checkpoint.tensors.get(name)!));
  }
  const { tensors } = await readSafetensorsHeader(after);
  for (const layer of layers) {
    const weight = await readFloats(before, checkpoint.tensors.get(`${layer}.weight`)!);
    const [out, features] = checkpoint.tensors.get(`${layer}.weight`)!.shape as [number, number];
    let first = 0;
    for (const [part, size] of inputParts(layer, features).entries()) {
      const values = await readTensor(after, tensors.get(`${layer}.values.${part}`) as TensorEntry);
      const scales = await readFloats(after, tensors.get(`${layer}.scales.${part}`) as TensorEntry);
      let furthest = 0;
      for (const [k, value] of values.entries()) {
        const [i, o] = [first + Math.floor(k / out), k % out];
        furthest = Math.max(furthest, Math.abs(Number(value) * scales[o]! - weight[o * features + i]!) / scales[o]!);
      }
      expect(furthest).toBeLessThan(0.501);
      first += size;
    }
    expect(first).toBe(features);
  }
  expect(quantized.name).toBe(checkpoint.name);
  expect(quantized.hash).not.toBe(checkpoint.hash);
  const wholeBytes = [...checkpoint.tensors.values()].reduce(
    (sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1),
    0,
  );
  expect(quantized.byteLength).toBeLessThan(0.55 * wholeBytes);
});

test("what rounding takes on average goes to the bias, and large inputs of an MLP's second layer lie together", async () => {
  const layers = ["enc_blocks.0.mlp.fc2"];
  const [, hidden] = checkpoint.tensors.get("enc_blocks.0.mlp.fc2.weight")!.shape as [number, number];
  const mean = Float32Array.from({ length: hidden }, (_, i) => Math.sin(i));
  const greatest = Float32Array.from({ length: hidden }, (_, i) => (7 * i) % hidden);
  const measureInputs = async () => new Map([[layers[0]!, { mean, greatest }]]);
  const quantized = await openQuantizedWeights(checkpoint, { cache: join(folder, "measured"), layers, measureInputs });
  const [before, after] = [checkpoint, quantized].map(({ path }) => bytesInMemory(path, readFileSync(path))) as [
    ReturnType<typeof bytesInMemory>,
    ReturnType<typeof bytesInMemory>,
  ];
  const { tensors } = await readSafetensorsHeader(after);
  const order = [...greatest.keys()].sort((a, b) => greatest[a]! - greatest[b]!);
  const [old, now] = [
    (name: string) => readFloats(before, checkpoint.tensors.get(name)!),
    (name: string) => readFloats(after, tensors.get(name)!),
  ];
  const [fc1, fc1Bias] = [await old("enc_blocks.0.mlp.fc1.weight"), await old("enc_blocks.0.mlp.fc1.bias")];
  const dim = fc1.length / hidden;
  expect(await now("enc_blocks.0.mlp.fc1.bias")).toEqual(Float32Array.from(order, (i) => fc1Bias[i]!));
  expect((await now("enc_blocks.0.mlp.fc1.weight")).subarray(0, dim)).toEqual(
    fc1.subarray(order[0]! * dim, (order[0]! + 1) * dim),
  );
  // With every input at its mean, each output is what it was.
  const [fc2, bias, newBias] = [
    await old("enc_blocks.0.mlp.fc2.weight"),
    await old("enc_blocks.0.mlp.fc2.bias"),
    await now("enc_blocks.0.mlp.fc2.bias"),
  ];
  const rounded = newBias.slice();
  let first = 0;
  for (const part of [0, 1]) {
    const values = await now(`enc_blocks.0.mlp.fc2.values.${part}`);
    const scales = await now(`enc_blocks.0.mlp.fc2.scales.${part}`);
    for (const [k, value] of values.entries()) {
      rounded[k % dim]! += value * scales[k % dim]! * mean[order[first + Math.floor(k / dim)]!]!;
    }
    first += values.length / dim;
  }
  expect(first).toBe(hidden);
  let moved = 0;
  for (let o = 0; o < dim; o++) {
    const exact = fc2
      .subarray(o * hidden, (o + 1) * hidden)
      .reduce((sum, weight, i) => sum + weight * mean[i]!, bias[o]!);
    expect(rounded[o]).toBeCloseTo(exact, 5);
    moved = Math.max(moved, Math.abs(newBias[o]! - bias[o]!));
  }
  expect(moved).toBeGreaterThan(1e-4);
});

test("the file is made once, and made anew with a word when it is not what it should be", async () => {
  const cache = join(folder, "kept");
  const first = await openQuantizedWeights(checkpoint, { cache });
  const written = readFileSync(first.path);
  const again = hearing();
  expect(await openQuantizedWeights(checkpoint, { cache, logger: again.logger })).toEqual(first);
  expect(again.heard).toEqual([]);

  const other = await openQuantizedWeights(await openCheckpoint(join(FIXTURES, "tiny_dpt_weights.safetensors")), {
    cache,
  });
  const damages: Record<string, () => void> = {
    "it is truncated": () => truncateSync(first.path, written.length - 40),
    "it is of other weights": () => copyFileSync(other.path, first.path),
    "its numbers are not what was written": () =>
      writeFileSync(first.path, Buffer.from(written).fill(0, written.length - 100_000, written.length - 64)),
    "the 8 of a header length": () => writeFileSync(first.path, ""),
  };
  for (const [problem, damage] of Object.entries(damages)) {
    damage();
    const { heard, logger } = hearing();
    await openQuantizedWeights(checkpoint, { cache, logger });
    expect(heard[0]).toContain(problem);
    expect(heard[0]).toContain("it is made anew");
    expect(readFileSync(first.path).equals(written)).toBe(true);
  }
  expect(readdirSync(join(cache, "int8")).filter((name) => !name.endsWith(".safetensors"))).toEqual([]);
});

test("a weight that holds NaN is named, and nothing is kept", async () => {
  const name = "dec_blocks2.1.cross_attn.projk.weight";
  const bytes = readFileSync(checkpoint.path);
  bytes.writeFloatLE(Number.NaN, checkpoint.tensors.get(name)!.offset + 40);
  const path = join(folder, "nan.safetensors");
  writeFileSync(path, bytes);
  const cache = join(folder, "nan");
  const opening = openQuantizedWeights(await openCheckpoint(path), { cache });
  await expect(opening).rejects.toThrow(
    new FormatError(path, `${name} holds NaN or infinity: the weights are damaged`),
  );
  expect(existsSync(cache) ? readdirSync(join(cache, "int8")) : []).toEqual([]);
});

describe("where nothing can be kept, that is said, with what to do", () => {
  test("a file is in the way", async () => {
    const cache = join(folder, "a-file");
    writeFileSync(cache, "");
    const opening = openQuantizedWeights(checkpoint, { cache });
    await expect(opening).rejects.toThrow(InputError);
    await expect(opening).rejects.toThrow(
      /cannot be kept in .*a-file.*set DUST3R_CACHE to another folder, or use dtype fp32/,
    );
  });

  /** Only root may mount, and not in every container. */
  const full = mkdtempSync(join(tmpdir(), "dust3r-full-"));
  const isMounted = (() => {
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", full], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  })();
  afterAll(() => {
    if (isMounted) execFileSync("umount", [full], { stdio: "ignore" });
    rmSync(full, { recursive: true, force: true });
  });

  test.skipIf(!isMounted)("a full disk, on which no part is left", async () => {
    mkdirSync(join(full, "cache"));
    const opening = openQuantizedWeights(checkpoint, { cache: join(full, "cache") });
    await expect(opening).rejects.toThrow(/no space left on device.*free space there.*dtype fp32/);
    expect(
      readdirSync(join(full, "cache"), { recursive: true }).filter((name) =>
        statSync(join(full, "cache", String(name))).isFile(),
      ),
    ).toEqual([]);
  });
});
