import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { bytesInMemory } from "../core/byte-source.ts";
import type { View } from "../core/view.ts";
import { readFloats } from "../formats/tensor-entry.ts";
import { quantizedLayers } from "../network/quantized-layers.ts";
import { openEngine } from "../runtime/engine.ts";
import { openCheckpoint } from "../weights/open-checkpoint.ts";
import { measureLayerInputs } from "./measure-layer-inputs.ts";

test("every layer's inputs are measured, over all rows of all photos", async () => {
  const path = resolve(import.meta.dirname, "../../test/fixtures/tiny_linear_weights.safetensors");
  const checkpoint = await openCheckpoint(path);
  const view = (phase: number) =>
    ({
      width: 48,
      height: 32,
      rgb: Uint8Array.from({ length: 3 * 48 * 32 }, (_, i) => 127 * (1 + Math.sin(i + phase))),
    }) as View;
  await using engine = await openEngine({ device: "cpu", threads: 1 });
  const measure = (...pairs: (readonly [View, View])[]) =>
    measureLayerInputs(engine, checkpoint, quantizedLayers(checkpoint.config), pairs);
  const [first, second] = [
    [view(0), view(1)],
    [view(2), view(3)],
  ] as const;
  const [one, other, both] = [await measure(first), await measure(second), await measure(first, second)];
  expect([...both.keys()].sort()).toEqual([...quantizedLayers(checkpoint.config)].sort());
  for (const [layer, { mean, greatest }] of both) {
    const [a, b] = [one.get(layer)!, other.get(layer)!];
    for (const [i, value] of mean.entries()) {
      expect(value).toBeCloseTo((a.mean[i]! + b.mean[i]!) / 2, 4);
      expect(greatest[i]).toBeCloseTo(Math.max(a.greatest[i]!, b.greatest[i]!), 4);
      expect(greatest[i]).toBeGreaterThanOrEqual(value - 1e-4);
    }
  }
  // What a normalization gives has the mean 0 over its channels, before it is scaled and moved.
  const bytes = bytesInMemory(path, readFileSync(path));
  for (const [norm, layer] of [
    ["enc_blocks.0.norm1", "enc_blocks.0.attn.qkv"],
    ["dec_blocks.1.norm3", "dec_blocks.1.mlp.fc1"],
    ["dec_blocks2.0.norm_y", "dec_blocks2.0.cross_attn.projv"],
  ] as const) {
    const [scale, move] = [
      await readFloats(bytes, checkpoint.tensors.get(`${norm}.weight`)!),
      await readFloats(bytes, checkpoint.tensors.get(`${norm}.bias`)!),
    ];
    const { mean } = both.get(layer)!;
    const normalized = mean.map((value, i) => (value - move[i]!) / scale[i]!);
    expect(normalized.reduce((sum, value) => sum + value, 0) / mean.length).toBeCloseTo(0, 4);
    expect(Math.max(...normalized.map(Math.abs))).toBeGreaterThan(1e-3);
  }
});
