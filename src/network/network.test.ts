import { describe, expect, test } from "vitest";
import { expectClose, expectPointsClose, goldenNames, readGoldens } from "../../test/golden.ts";
import { TINY_DPT, TINY_LINEAR } from "../../test/tiny-networks.ts";
import { openSession } from "../runtime/session.ts";
import { onnxModel } from "../tensor/onnx-model.ts";
import { input, parameter, type Tensor } from "../tensor/tensor.ts";
import type { NetworkConfig } from "./config.ts";
import { decode } from "./decoder.ts";
import { dptHead } from "./dpt-head.ts";
import { encode, patchEmbed } from "./encoder.ts";
import { linearHead } from "./linear-head.ts";
import { decodePair, regressionHead } from "./network.ts";

describe.each([
  ["linear", TINY_LINEAR],
  ["dpt", TINY_DPT],
] as const)("%s network against the reference", (kind, config) => {
  const io = readGoldens(`tiny_${kind}_io.safetensors`);
  const weights = readGoldens(`tiny_${kind}_weights.safetensors`);
  const recorded = new Set(goldenNames(`tiny_${kind}_io.safetensors`));

  async function run(
    outputs: Record<string, Tensor>,
    feeds: Record<string, { shape: readonly number[]; data: Float32Array }>,
  ) {
    const { bytes } = onnxModel(outputs, (name) => new Uint8Array(weights(name).data.buffer));
    const session = await openSession(bytes, { device: "cpu", threads: 1 });
    try {
      return await session.run(
        Object.fromEntries(
          Object.entries(feeds).map(([name, value]) => [name, { ...value, dtype: "float32" as const }]),
        ),
      );
    } finally {
      await session.dispose();
    }
  }

  const cases = ["A", "B", "C", "D", "E", "F"].filter((name) => recorded.has(`${name}.view1.img`));
  test.each(cases)("case %s", async (name) => {
    const image1 = io(`${name}.view1.img`);
    const image2 = io(`${name}.view2.img`);
    const feeds = { image1, image2 };
    const views = [input("image1", image1.shape), input("image2", image2.shape)] as const;
    const encoded1 = encode(views[0], config, parameter);
    const encoded2 = encode(views[1], config, parameter);
    const pair = decodePair(encoded1, encoded2, config, parameter);
    const { levels1, levels2 } = decode(encoded1, encoded2, config, parameter);
    const outputs: Record<string, Tensor> = {
      "pred1.pts3d": pair.view1.pointmap,
      "pred1.conf": pair.view1.confidence,
      "pred2.pts3d_in_other_view": pair.view2.pointmap,
      "pred2.conf": pair.view2.confidence,
      "view1.enc_out": encoded1.x,
      "view2.enc_out": encoded2.x,
      "view1.patch_embed": patchEmbed(views[0], config, parameter).x,
    };
    levels1.forEach((level, k) => {
      outputs[`view1.dec.${k}`] = level;
    });
    levels2.forEach((level, k) => {
      outputs[`view2.dec.${k}`] = level;
    });
    if (config.head.kind === "dpt") {
      [levels1, levels2].forEach((levels, side) => {
        const head = `downstream_head${side + 1}`;
        const stages = dptHead(
          levels,
          head,
          side === 0 ? encoded1 : encoded2,
          { ...config, head: TINY_DPT.head },
          parameter,
        );
        stages.reassembled.forEach((image, i) => {
          outputs[`head${side + 1}.act_postprocess.${i}`] = image;
        });
        stages.fused.forEach((image, i) => {
          outputs[`head${side + 1}.refinenet${4 - i}`] = image;
        });
        outputs[`head${side + 1}.raw`] = stages.raw;
      });
    }
    const actual = await run(outputs, feeds);
    let compared = 0;
    for (const [key, value] of Object.entries(actual)) {
      if (!recorded.has(`${name}.${key}`)) continue;
      const expected = io(`${name}.${key}`).data;
      if (key.includes("pts3d")) expectPointsClose(value.data as Float32Array, expected, key);
      else expectClose(value.data as Float32Array, expected, { name: key, absolute: roundingOf(key, expected) });
      compared++;
    }
    expect(compared).toBeGreaterThanOrEqual(4);
  });

  test.runIf(recorded.has("G.view1.img"))("case G: portrait photos stored as landscape in a mixed batch", async () => {
    const shapes = io("G.view1.true_shape").data;
    const images = [io("G.view1.img"), io("G.view2.img")] as const;
    const [, , height, width] = images[0].shape as [number, number, number, number];
    const trueShapes = [shapes, io("G.view2.true_shape").data];
    for (let sample = 0; sample < images[0].shape[0]!; sample++) {
      // Each photo upright, as it was before it was stored transposed.
      const upright = images.map((image, view) => {
        const portrait = trueShapes[view]![2 * sample]! > trueShapes[view]![2 * sample + 1]!;
        const data = image.data.slice(sample * 3 * height * width, (sample + 1) * 3 * height * width);
        return portrait
          ? { portrait, shape: [1, 3, width, height], data: transposed(data, height, width) }
          : { portrait, shape: [1, 3, height, width], data };
      });
      const [view1, view2] = upright as [(typeof upright)[0], (typeof upright)[0]];
      const pair = decodePair(
        encode(input("image1", view1.shape), config, parameter),
        encode(input("image2", view2.shape), config, parameter),
        config,
        parameter,
      );
      const actual = await run(
        { "pred1.pts3d": pair.view1.pointmap, "pred2.conf": pair.view2.confidence },
        { image1: view1, image2: view2 },
      );
      const size = height * width;
      const points = actual["pred1.pts3d"]!.data as Float32Array;
      const confidence = actual["pred2.conf"]!.data as Float32Array;
      const expectedPoints = io("G.pred1.pts3d").data.slice(sample * size * 3, (sample + 1) * size * 3);
      const expectedConfidence = io("G.pred2.conf").data.slice(sample * size, (sample + 1) * size);
      expectPointsClose(view1.portrait ? landscape(points, width, height, 3) : points, expectedPoints);
      expectClose(view2.portrait ? landscape(confidence, width, height, 1) : confidence, expectedConfidence);
    }
  });

  test("intermediate logits, case A", async () => {
    if (config.head.kind !== "linear") return;
    const views = [io("A.view1.img"), io("A.view2.img")] as const;
    const encoded = views.map((view, i) => encode(input(`image${i + 1}`, view.shape), config, parameter));
    const { levels1 } = decode(encoded[0]!, encoded[1]!, config, parameter);
    const raw = linearHead(levels1, "downstream_head1", encoded[0]!, config, parameter);
    const actual = await run({ raw }, { image1: views[0], image2: views[1] });
    const [, height, width] = raw.shape as [number, number, number];
    const logits = io("A.head1.proj"); // [1, tokens, 4 * 16 * 16]: channel, row, column
    const data = actual.raw!.data as Float32Array;
    const expected = Float32Array.from({ length: data.length }, (_, i) => {
      const [channel, x, y] = [i % 4, Math.floor(i / 4) % width, Math.floor(i / 4 / width)];
      const token = Math.floor(y / 16) * (width / 16) + Math.floor(x / 16);
      return logits.data[token * 1024 + channel * 256 + (y % 16) * 16 + (x % 16)]!;
    });
    expect(height).toBe(48);
    expectClose(data, expected);
  });
});

test("a network without a regression head says so", () => {
  const config: NetworkConfig = { ...TINY_LINEAR, head: { kind: "none" } };
  const tokens = encode(input("image", [1, 3, 16, 16]), config, parameter);
  expect(() => regressionHead([tokens.x], "downstream_head1", tokens, config, parameter)).toThrow(/CroCo/);
});

/**
 * Sums of the DPT head's fusion reach 80, where float32 itself counts in steps of 8e-6: small elements among them carry
 * the rounding of the large ones. Its raw output is held to the ordinary tolerance.
 */
function roundingOf(name: string, expected: Float32Array): number {
  return name.includes("refinenet")
    ? Math.max(2e-5, 1e-6 * expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0))
    : 2e-5;
}

/** `[channels, height, width]` to `[channels, width, height]`. */
function transposed(data: Float32Array, height: number, width: number): Float32Array {
  return Float32Array.from({ length: data.length }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (height * width)), i % height, Math.floor(i / height) % width];
    return data[(c * height + y) * width + x]!;
  });
}

/** An upright map `[height, width, channels]` stored as `[width, height, channels]`. */
function landscape(data: Float32Array, height: number, width: number, channels: number): Float32Array {
  return Float32Array.from({ length: data.length }, (_, i) => {
    const [c, y, x] = [i % channels, Math.floor(i / channels) % height, Math.floor(i / channels / height)];
    return data[(y * width + x) * channels + c]!;
  });
}
