import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import type { NetworkConfig } from "./config.ts";
import { inferConfig } from "./infer-config.ts";
import { parameterShapes } from "./parameters.ts";

const OFFICIAL: NetworkConfig = {
  patchSize: 16,
  encoder: { dim: 1024, depth: 24, heads: 16 },
  decoder: { dim: 768, depth: 12, heads: 12 },
  mlpRatio: 4,
  ropeBase: 100,
  head: { kind: "dpt", featureDim: 256, lastDim: 128, layerDims: [96, 192, 384, 768] },
  depthMode: "exp",
  confidenceMode: { kind: "exp", min: 1, max: Infinity },
  imageSize: { height: 512, width: 512 },
};

/** As the hub's config.json of the official models. */
const KEYWORDS = {
  pos_embed: "RoPE100",
  patch_embed_cls: "PatchEmbedDust3R",
  img_size: [512, 512],
  head_type: "dpt",
  output_mode: "pts3d",
  depth_mode: ["exp", -Infinity, Infinity],
  conf_mode: ["exp", 1, Infinity],
  enc_embed_dim: 1024,
  enc_depth: 24,
  enc_num_heads: 16,
  dec_embed_dim: 768,
  dec_depth: 12,
  dec_num_heads: 12,
  landscape_only: false,
};

const officialShapes = new Map<string, number[]>(
  Object.entries(
    JSON.parse(readFileSync(new URL("../../test/fixtures/state_dict_keys_512_dpt.json", import.meta.url), "utf8")),
  ),
);
const infer = (shapes: ReadonlyMap<string, readonly number[]>, keywords: Record<string, unknown>) =>
  inferConfig({ file: "m.pth", shapes, keywords });

test("the official 512_dpt model", () => {
  expect(infer(officialShapes, KEYWORDS)).toEqual({ config: OFFICIAL, notes: [] });
});

test("weights say themselves whether they predict meters", () => {
  expect(infer(officialShapes, { ...KEYWORDS, metric: true }).config.metric).toBe(true);
  expect(infer(officialShapes, KEYWORDS).config.metric).toBeUndefined();
});

test("without any keyword the official model is still understood, and every assumption said", () => {
  const { config, notes } = infer(officialShapes, {});
  expect(config).toEqual({ ...OFFICIAL, imageSize: { height: 224, width: 224 } });
  expect(notes).toEqual([
    "enc_num_heads is not stated; assumed 16 of 64 channels",
    "dec_num_heads is not stated; assumed 12 of 64 channels",
    "pos_embed is not stated; assumed RoPE100",
  ]);
});

test("any network is found again from its parameters' shapes and its heads", () => {
  const size = fc.integer({ min: 1, max: 6 });
  const head: fc.Arbitrary<NetworkConfig["head"]> = fc.oneof(
    fc.constant({ kind: "linear" as const }),
    fc.record({
      kind: fc.constant("dpt" as const),
      featureDim: size.map((n) => 2 * n),
      lastDim: size,
      layerDims: fc.tuple(size, size, size, size),
    }),
  );
  const stack = fc.record({ dim: size.map((n) => 16 * n), depth: size, heads: fc.constantFrom(1, 2, 4) });
  fc.assert(
    fc.property(stack, stack, head, fc.constantFrom(8, 16), (encoder, decoder, head, patchSize) => {
      const config: NetworkConfig = { ...OFFICIAL, patchSize, encoder, decoder, head, ropeBase: 50, mlpRatio: 3 };
      const keywords = {
        img_size: 512,
        pos_embed: "RoPE50",
        enc_num_heads: encoder.heads,
        dec_num_heads: decoder.heads,
      };
      expect(infer(parameterShapes(config), keywords)).toEqual({ config, notes: [] });
    }),
  );
});

test("a head count left to the reference's constructor is the constructor's own", () => {
  const decoder = { dim: 512, depth: 2, heads: 16 };
  const config: NetworkConfig = { ...OFFICIAL, decoder, head: { kind: "linear" } };
  const { dec_embed_dim: _dim, dec_depth: _depth, dec_num_heads: _heads, head_type: _head, ...keywords } = KEYWORDS;
  expect(infer(parameterShapes(config), keywords).config.decoder).toEqual(decoder);
});

test("weights without a head are those of pre-training", () => {
  const shapes = parameterShapes({ ...OFFICIAL, head: { kind: "none" } });
  const { config, notes } = infer(shapes, {
    enc_num_heads: 16,
    dec_num_heads: 12,
    pos_embed: "RoPE100",
    img_size: 224,
  });
  expect(config.head).toEqual({ kind: "none" });
  expect(notes).toEqual([expect.stringContaining("pre-training")]);
});

describe("refused", () => {
  const cases: Record<string, [keywords: Record<string, unknown>, message: RegExp]> = {
    "another depth": [{ enc_depth: 12 }, /config says enc_depth = 12 and its tensors say 24/],
    "another width": [{ dec_embed_dim: 512 }, /config says dec_embed_dim = 512 and its tensors say 768/],
    "another head": [{ head_type: "linear" }, /config says head_type = 'linear' and its tensors say 'dpt'/],
    "heads that do not divide the width": [{ enc_num_heads: 7 }, /enc_num_heads = 7 does not divide 1024/],
    "heads that are no number": [{ enc_num_heads: "16" }, /enc_num_heads = '16' does not divide/],
    "a cosine embedding": [{ pos_embed: "cosine" }, /pos_embed = 'cosine' is not supported, only RoPE/],
    "an embedding of base 0": [{ pos_embed: "RoPE0" }, /pos_embed/],
    "bounded depth": [{ depth_mode: ["exp", 0, Infinity] }, /depth_mode = \('exp', 0, Infinity\) is not supported/],
    "an unknown confidence": [{ conf_mode: ["softplus", 1, 2] }, /conf_mode = \('softplus', 1, 2\)/],
    "other outputs": [{ output_mode: "pts3d+desc24" }, /output_mode = 'pts3d\+desc24' is not supported, only 'pts3d'/],
    "no norm of the other image": [{ norm_im2_in_dec: false }, /norm_im2_in_dec = false/],
    "an image size of nothing": [{ img_size: [] }, /img_size = \(\) is not supported/],
    "another patch size": [{ patch_size: 14 }, /patch_size = 14 and its tensors say 16/],
  };
  test.each(Object.entries(cases))("%s", (_name, [keywords, message]) => {
    expect(() => infer(officialShapes, { ...KEYWORDS, ...keywords })).toThrow(FormatError);
    expect(() => infer(officialShapes, { ...KEYWORDS, ...keywords })).toThrow(message);
  });

  test("every contradiction at once, with the file's name", () => {
    expect(() => infer(officialShapes, { ...KEYWORDS, enc_depth: 1, dec_depth: 2 })).toThrow(
      /^m\.pth: .*enc_depth.*; .*dec_depth/,
    );
  });

  test("tensors of something else", () => {
    expect(() => infer(new Map([["conv1.weight", [64, 3, 7, 7]]]), {})).toThrow(
      "m.pth: not the weights of a DUSt3R or CroCo network: its patch_embed.proj.weight is missing",
    );
  });

  test("a cosine embedding that only the tensors show", () => {
    expect(() => infer(new Map([...officialShapes, ["enc_pos_embed", [196, 1024]] as [string, number[]]]), {})).toThrow(
      /enc_pos_embed/,
    );
  });

  test("more blocks than any network has", () => {
    const blocks = Array.from(
      { length: 5000 },
      (_, i) => [`enc_blocks.${i}.norm1.weight`, [1024]] as [string, number[]],
    );
    expect(() => infer(new Map([...officialShapes, ...blocks]), {})).toThrow(/5000 enc_blocks/);
  });

  test("a value nested without end", () => {
    let value: unknown = 1;
    for (let i = 0; i < 100_000; i++) value = [value];
    expect(() => infer(officialShapes, { ...KEYWORDS, pos_embed: value, head_type: value })).toThrow(FormatError);
  });
});
