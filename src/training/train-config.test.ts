import { describe, expect, test } from "vitest";
import { InputError } from "../core/errors.ts";
import { configuredNetwork, parseTrainConfig } from "./train-config.ts";

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
    ["two mistakes at once", { ...smallest, alpha: -1, clip: 0 }, /alpha[\s\S]*clip/],
  ])("%s", (_, value, message) => {
    expect(() => parseTrainConfig("run.json", value)).toThrow(InputError);
    expect(() => parseTrainConfig("run.json", value)).toThrow(message);
    expect(() => parseTrainConfig("run.json", value)).toThrow(/^run\.json/);
  });
});
