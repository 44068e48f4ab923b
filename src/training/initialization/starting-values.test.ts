import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../../core/errors.ts";
import { writeSafetensors } from "../../formats/safetensors-writer.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { crocoParameterShapes } from "../../network/croco.ts";
import { type ParameterShapes, parameterShapes } from "../../network/parameters.ts";
import type { Checkpoint } from "../../weights/checkpoint.ts";
import { openCheckpoint } from "../../weights/open-checkpoint.ts";
import { parameterLayout } from "../optimizer/parameter-layout.ts";
import { hubConfig, namedTensors } from "../run/training-checkpoint.ts";
import { initialValues } from "./initial-values.ts";
import { startingValues } from "./starting-values.ts";

const SMALL: NetworkConfig = {
  patchSize: 8,
  encoder: { dim: 16, depth: 2, heads: 2 },
  decoder: { dim: 16, depth: 1, heads: 2 },
  mlpRatio: 4,
  ropeBase: 100,
  head: { kind: "linear" },
  depthMode: "exp",
  confidenceMode: { kind: "exp", min: 1, max: Number.POSITIVE_INFINITY },
  imageSize: { width: 32, height: 24 },
};
const DPT = { kind: "dpt", featureDim: 8, lastDim: 4, layerDims: [4, 4, 4, 4] } as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-start-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function saved(name: string, config: NetworkConfig, shapes: ParameterShapes): Promise<Checkpoint> {
  const layout = parameterLayout(shapes);
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "model.safetensors"), writeSafetensors(namedTensors(layout, initialValues(layout, 7))));
  writeFileSync(join(path, "config.json"), hubConfig(config));
  return openCheckpoint(path);
}

async function start(network: NetworkConfig, init: Checkpoint) {
  const layout = parameterLayout(parameterShapes(network));
  const { values, notes } = await startingValues({ network, layout, seed: 1, init });
  const fresh = initialValues(layout, 1);
  const part = (from: Float32Array, name: string) =>
    from.slice(layout.ranges.get(name)!.start, layout.ranges.get(name)!.end);
  return { notes, of: (name: string) => part(values, name), drawn: (name: string) => part(fresh, name) };
}

describe("a run may start from", () => {
  test("a smaller network with other patches", async () => {
    const init = await saved("small", SMALL, parameterShapes(SMALL));
    const larger: NetworkConfig = { ...SMALL, patchSize: 16, encoder: { ...SMALL.encoder, depth: 3 } };
    const { notes } = await start(larger, init);
    expect(notes).toEqual([
      "the encoder grows from 2 to 3 blocks; new ones start as the identity",
      "patches of 8 pixels become patches of 16, by interpolation",
    ]);
  });

  test("pre-training: one decoder becomes both, heads are drawn", async () => {
    const config: NetworkConfig = { ...SMALL, head: { kind: "none" } };
    const init = await saved("pretrained", config, crocoParameterShapes(config));
    const { notes, of, drawn } = await start(SMALL, init);
    expect(notes).toEqual(["drawn at random: downstream_head1, downstream_head2"]);
    expect(of("dec_blocks2.0.mlp.fc1.weight")).toEqual(of("dec_blocks.0.mlp.fc1.weight"));
    expect(of("dec_blocks.0.mlp.fc1.weight")).not.toEqual(drawn("dec_blocks.0.mlp.fc1.weight"));
    expect(of("downstream_head1.proj.weight")).toEqual(drawn("downstream_head1.proj.weight"));
  });

  test("a network with another head", async () => {
    const linear: NetworkConfig = { ...SMALL, patchSize: 16, decoder: { ...SMALL.decoder, depth: 4 } };
    const init = await saved("linear", linear, parameterShapes(linear));
    const { notes, of, drawn } = await start({ ...linear, head: DPT }, init);
    expect(notes).toEqual(["drawn at random: downstream_head1, downstream_head2"]);
    expect(of("decoder_embed.weight")).not.toEqual(drawn("decoder_embed.weight"));
  });
});

test.each<[string, Partial<NetworkConfig>, RegExp]>([
  ["fewer blocks", { encoder: { dim: 16, depth: 1, heads: 2 } }, /2 encoder blocks.*has 1.*not shrink/],
  ["other heads", { decoder: { dim: 16, depth: 1, heads: 4 } }, /decoder\.heads is 2.*needs 4/],
  [
    "another width",
    { decoder: { dim: 32, depth: 1, heads: 2 } },
    /decoder_embed\.weight is \[16,16\].*needs \[32,16\]/,
  ],
  ["another depth mode", { depthMode: "linear" }, /depth mode is exp.*needs linear/],
])("refused: %s", async (_, change, message) => {
  const started = start({ ...SMALL, ...change }, await saved("small", SMALL, parameterShapes(SMALL)));
  await expect(started).rejects.toThrow(message);
  await expect(started).rejects.toThrow(InputError);
});
