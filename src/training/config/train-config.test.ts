import { describe, expect, test } from "vitest";
import { InputError } from "../../core/errors.ts";
import { configuredNetwork, isSameTrainConfig, parseTrainConfig } from "./train-config.ts";

const stack = { dim: 32, depth: 1, heads: 2 };
const smallest = { network: { encoder: stack, decoder: stack }, stages: [{ width: 32, height: 24, steps: 5 }] };

test("defaults are filled in and the network follows", () => {
  const config = parseTrainConfig("run.json", smallest);
  expect(config.alpha).toBe(0.2);
  expect(config.stages[0]!.pairs).toBe(32);
  expect(configuredNetwork(config)).toMatchObject({
    patchSize: 8,
    encoder: stack,
    imageSize: { width: 32, height: 24 },
  });
  // Parsing what was parsed changes nothing: a resumed run compares configurations.
  expect(parseTrainConfig("run.json", config)).toEqual(config);
});

test("a DPT head by name is the published one; another is written out", () => {
  const network = (head: unknown) => ({ patchSize: 16, encoder: stack, decoder: { ...stack, depth: 4 }, head });
  const published = parseTrainConfig("run.json", { ...smallest, network: network("dpt") });
  expect(configuredNetwork(published).head).toEqual({
    kind: "dpt",
    featureDim: 256,
    lastDim: 128,
    layerDims: [96, 192, 384, 768],
  });
  expect(parseTrainConfig("run.json", published)).toEqual(published);
  const head = { kind: "dpt", featureDim: 16, lastDim: 8, layerDims: [4, 8, 8, 8] };
  expect(configuredNetwork(parseTrainConfig("run.json", { ...smallest, network: network(head) })).head).toEqual(head);
});

test("a data set gives as many pairs of an epoch as in the paper's", () => {
  const config = parseTrainConfig("run.json", { ...smallest, data: { sets: [{ name: "megadepth", folder: "md" }] } });
  expect(config.data.sets).toEqual([{ name: "megadepth", folder: "md", pairs: 100_000 }]);
});

test("a recorded configuration is the same whatever the order of its fields, and without those that came later", () => {
  const config = parseTrainConfig("run.json", smallest);
  const { matching: _, seed, ...older } = config;
  expect(isSameTrainConfig({ ...older, seed }, config)).toBe(true);
  expect(isSameTrainConfig({ ...config, alpha: 0.3 }, config)).toBe(false);
  expect(isSameTrainConfig({ nonsense: true }, config)).toBe(false);
});

test("a stage has one height, or others beside it", () => {
  const heights = (otherHeights?: readonly number[]) =>
    parseTrainConfig("run.json", { ...smallest, stages: [{ ...smallest.stages[0], otherHeights }] });
  expect(heights().stages[0]!.otherHeights).toEqual([]);
  const mixed = heights([16, 8]);
  expect(mixed.stages[0]).toMatchObject({ width: 32, height: 24, otherHeights: [16, 8] });
  expect(configuredNetwork(mixed).imageSize).toEqual({ width: 32, height: 24 });
  const { otherHeights: _, ...before } = heights().stages[0]!;
  expect(isSameTrainConfig({ ...heights(), stages: [before] }, heights())).toBe(true);
  expect(isSameTrainConfig(heights(), mixed)).toBe(false);
});

describe("every wrong field is named", () => {
  test.each<[string, unknown, RegExp]>([
    ["a typo, with the nearest key", { ...smallest, seeed: 3 }, /"seeed" is unknown; did you mean "seed"\?/],
    [
      "a typo inside a stage",
      { ...smallest, stages: [{ ...smallest.stages[0], learningrate: 1 }] },
      /stages\.0: "learningrate" is unknown; did you mean "learningRate"\?/,
    ],
    ["a key unlike any other", { ...smallest, flavour: 1 }, /"flavour" is unknown$/m],
    ["a missing part", { network: smallest.network }, /stages/],
    ["no stage at all", { ...smallest, stages: [] }, /stages/],
    ["a number that is none", { ...smallest, alpha: "much" }, /alpha.*number/],
    [
      "a DPT head on small patches and an odd decoder",
      { ...smallest, network: { ...smallest.network, head: "dpt" } },
      /patchSize: a DPT head needs 16[\s\S]*decoder\.depth: .*multiple of 4/,
    ],
    ["a typo in the data", { ...smallest, data: { shard: "x" } }, /data: "shard" is unknown; did you mean "shards"\?/],
    [
      "a data set that is none",
      { ...smallest, data: { sets: [{ name: "co3dv2", folder: "x" }] } },
      /data\.sets\.0\.name: .*"co3d"/,
    ],
    [
      "shards and data sets",
      { ...smallest, data: { shards: "x", sets: [{ name: "co3d", folder: "y" }] } },
      /data: give one of shards, sets and photos, not several/,
    ],
    [
      "a folder of models for scenes that take none",
      { ...smallest, data: { assets: "x" } },
      /data: assets and textures are for scenes of the collection photos/,
    ],
    [
      "figures among figures",
      { ...smallest, data: { figures: 0.5 } },
      /data: figures is the share of them among scenes of the collection photos/,
    ],
    ["no data set", { ...smallest, data: { sets: [] } }, /data\.sets/],
    [
      "other heights that patches do not fill, that are no others, or that come twice",
      { ...smallest, stages: [{ ...smallest.stages[0], otherHeights: [16, 20, 24, 32, 40, 16] }] },
      new RegExp(
        [
          "stages\\.0\\.otherHeights\\.1: 20 is not a multiple of the patch size, 8",
          "stages\\.0\\.otherHeights\\.2: 24 is the stage's height",
          "stages\\.0\\.otherHeights\\.4: 40 is above the width, 32",
          "stages\\.0\\.otherHeights\\.5: 16 is given twice",
        ].join("\\s*"),
      ),
    ],
    [
      "other heights beside a height that is above the width",
      { ...smallest, stages: [{ ...smallest.stages[0], height: 40, otherHeights: [16] }] },
      /stages\.0\.height: above the width, 32/,
    ],
    [
      "another height that is none",
      { ...smallest, stages: [{ ...smallest.stages[0], otherHeights: [0] }] },
      /stages\.0\.otherHeights\.0: /,
    ],
    ["two mistakes at once", { ...smallest, alpha: -1, clip: 0 }, /clip[\s\S]*alpha/],
  ])("%s", (_, value, message) => {
    expect(() => parseTrainConfig("run.json", value)).toThrow(InputError);
    expect(() => parseTrainConfig("run.json", value)).toThrow(message);
    expect(() => parseTrainConfig("run.json", value)).toThrow(/^run\.json/);
  });
});
