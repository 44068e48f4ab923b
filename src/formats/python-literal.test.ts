import fc from "fast-check";
import { expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { parseConstructorCall } from "./python-literal.ts";

const parse = (text: string) => parseConstructorCall("m.pth", text);

test("reads the description that official checkpoints carry", () => {
  const text =
    "AsymmetricCroCo3DStereo(pos_embed='RoPE100', patch_embed_cls='ManyAR_PatchEmbed', img_size=(512, 512), head_type='dpt', " +
    "output_mode='pts3d', depth_mode=('exp', -inf, inf), conf_mode=('exp', 1, inf), enc_embed_dim=1024, landscape_only=False)";
  expect(parse(text)).toEqual({
    name: "AsymmetricCroCo3DStereo",
    keywords: {
      pos_embed: "RoPE100",
      patch_embed_cls: "ManyAR_PatchEmbed",
      img_size: [512, 512],
      head_type: "dpt",
      output_mode: "pts3d",
      depth_mode: ["exp", Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
      conf_mode: ["exp", 1, Number.POSITIVE_INFINITY],
      enc_embed_dim: 1024,
      landscape_only: false,
    },
  });
});

test("knows the literals that can occur", () => {
  const text = `N( a = None, b=[1, 2,], c=(3,), d=-float('inf'), e=float("-inf"), f="it's (True, 1e3)", g=1e-06, h=(), i=True, )`;
  expect(parse(text).keywords).toEqual({
    a: null,
    b: [1, 2],
    c: [3],
    d: Number.NEGATIVE_INFINITY,
    e: Number.NEGATIVE_INFINITY,
    f: "it's (True, 1e3)",
    g: 1e-6,
    h: [],
    i: true,
  });
  expect(parse("CroCoNet()")).toEqual({ name: "CroCoNet", keywords: {} });
});

test.each([
  "",
  "Net",
  "Net(a=__import__('os').system('x'))",
  "Net(a=1); import os",
  "Net(norm=partial(LayerNorm, eps=1e-6))",
  "Net(a='\\x41')",
  "Net(1)",
  "Net(a=1",
  "Net(a=(1, 2)",
  "Net(a=b)",
  `Net(a=${"(".repeat(100_000)})`,
])("refuses %s", (text) => {
  expect(() => parse(text)).toThrow(FormatError);
  expect(() => parse(text)).toThrow("m.pth: cannot understand its model description");
});

test("any text gives a call or a FormatError", () => {
  const pieces = fc.constantFrom(
    "(",
    ")",
    ",",
    "=",
    "'",
    '"',
    "a",
    "inf",
    "-",
    "1",
    " ",
    "float(",
    "True",
    "\\",
    "[",
    "]",
    "{",
    ":",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      try {
        expect(parse(`N(${parts.join("")})`).name).toBe("N");
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }),
    { numRuns: 1000 },
  );
});
