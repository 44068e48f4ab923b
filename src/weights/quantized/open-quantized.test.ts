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
import { quantizedLayers } from "../../network/quantized-layers.ts";
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
  expect(layers).toHaveLength(3 * 4 + 1 + 2 * 4 * 8);
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
    const values = await readTensor(after, tensors.get(`${layer}.weight`) as TensorEntry);
    const scales = await readFloats(after, tensors.get(`${layer}.scales`) as TensorEntry);
    const [out, features] = checkpoint.tensors.get(`${layer}.weight`)!.shape as [number, number];
    const furthest = weight.reduce((worst, value, k) => {
      const [o, i] = [Math.floor(k / features), k % features];
      return Math.max(worst, Math.abs(Number(values[i * out + o]) * scales[o]! - value) / scales[o]!);
    }, 0);
    expect(furthest).toBeLessThan(0.501);
  }
  expect(quantized.name).toBe(checkpoint.name);
  expect(quantized.hash).not.toBe(checkpoint.hash);
  const wholeBytes = [...checkpoint.tensors.values()].reduce(
    (sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1),
    0,
  );
  expect(quantized.byteLength).toBeLessThan(0.55 * wholeBytes);
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
