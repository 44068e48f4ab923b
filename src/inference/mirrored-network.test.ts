import fc from "fast-check";
import { expect, test } from "vitest";
import { perfectPredictions, roomCameras } from "../../test/synthetic-pairs.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Size, View } from "../core/view.ts";
import { keepEncodings } from "./keep-encodings.ts";
import { meanPrediction, mirrorPrediction, mirrorView, withMirror } from "./mirrored-network.ts";
import type { PairInference } from "./pair-inference.ts";
import type { EncodedView } from "./pair-network.ts";
import { pairKey } from "./prediction-cache.ts";

const MAPS = ["pointmap1", "pointmap2", "confidence1", "confidence2"] as const;

/**
 * A network that takes the red channel for depth, equivariant to horizontal flips but for a `bias`: all points are that
 * much too far to the right.
 */
function redNetwork(bias = 0): PairInference & { readonly encoded: string[] } {
  const encoded: string[] = [];
  const points = ({ width, height, features }: EncodedView) =>
    Float32Array.from({ length: 3 * width * height }, (_, k) => {
      const i = Math.floor(k / 3);
      const z = 2 + features[i]!;
      const x = z * ((i % width) - (width - 1) / 2) + bias;
      return [x, z * (Math.floor(i / width) - (height - 1) / 2), z][k % 3]!;
    });
  return {
    checkpoint: { name: "red", hash: "red" } as PairInference["checkpoint"],
    dtype: "fp32",
    encoded,
    async encode(views) {
      encoded.push(...views.map(({ hash }) => hash));
      return views.map(({ width, height, rgb }) => {
        return {
          width,
          height,
          features: Float32Array.from({ length: width * height }, (_, i) => rgb[3 * i]! / 127 - 1),
        };
      });
    },
    async decode(pair, encoded1, encoded2) {
      const confidence = ({ features }: EncodedView) => features.map((red) => 1 + red * red);
      return {
        ...pair,
        size1: { width: encoded1.width, height: encoded1.height },
        size2: { width: encoded2.width, height: encoded2.height },
        pointmap1: points(encoded1),
        pointmap2: points(encoded2),
        confidence1: confidence(encoded1),
        confidence2: confidence(encoded2),
      };
    },
  };
}

function view(name: string, { width, height }: Size): View {
  const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => 127 * (1 + Math.sin(i * i + name.length)));
  const originalFromNetwork = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
  return { name, hash: name, width, height, rgb, original: { width, height }, originalFromNetwork };
}

const views = [view("wide", { width: 5, height: 3 }), view("tall one", { width: 2, height: 4 })] as const;

async function answer(network: PairInference): Promise<PairPrediction> {
  const [encoded1] = await network.encode([views[0]]);
  const [encoded2] = await network.encode([views[1]]);
  return network.decode({ view1: 0, view2: 1 }, encoded1!, encoded2!);
}

function expectClose(a: PairPrediction, b: PairPrediction, scale = 1): void {
  for (const map of MAPS) {
    const factor = map.startsWith("pointmap") ? scale : 1;
    for (const [i, value] of a[map].entries()) expect(value).toBeCloseTo(factor * b[map][i]!, 4);
  }
}

test("for an equivariant network the prediction stays the same", async () => {
  expectClose(await answer(withMirror(redNetwork())), await answer(redNetwork()));
});

test("a lateral bias cancels out", async () => {
  const [seen, biased, truth] = await Promise.all(
    [withMirror(redNetwork(0.4)), redNetwork(0.4), redNetwork()].map(answer),
  );
  const error = ({ pointmap1 }: PairPrediction) =>
    Math.max(...pointmap1.map((value, k) => Math.abs(value - truth!.pointmap1[k]!)));
  expect(error(biased!)).toBeCloseTo(0.4, 4);
  // Both scales are a little off, for the bias makes points seem farther away.
  expect(error(seen!)).toBeLessThan(0.1);
});

test("each photo and its flip are encoded once", async () => {
  const network = redNetwork();
  const kept = keepEncodings(withMirror(network));
  await answer(kept);
  await answer(kept);
  expect(network.encoded).toEqual(["wide", "wide, mirrored", "tall one", "tall one, mirrored"]);
  expect(pairKey(kept, ...views)).not.toBe(pairKey(network, ...views));
});

test("flipping twice is the identity, for photos and predictions", async () => {
  for (const photo of views) expect(mirrorView(mirrorView(photo)).rgb).toEqual(photo.rgb);
  expect(mirrorView(views[0]).rgb).not.toEqual(views[0].rgb);
  const prediction = await answer(redNetwork());
  expect(mirrorPrediction(mirrorPrediction(prediction))).toEqual(prediction);
});

test("the mean does not depend on the scales of the predictions", () => {
  const cameras = roomCameras(views, "mean");
  const [prediction] = perfectPredictions(cameras, [[0, 1]]);
  fc.assert(
    fc.property(fc.double({ min: -3, max: 3, noNaN: true }), (log) => {
      const scale = Math.exp(log);
      const other = {
        ...prediction!,
        pointmap1: prediction!.pointmap1.map((x) => scale * x),
        pointmap2: prediction!.pointmap2.map((x) => scale * x),
      };
      expectClose(meanPrediction(prediction!, other), prediction!, Math.sqrt(scale));
    }),
  );
});

test("the more confident prediction weighs more", () => {
  const [prediction] = perfectPredictions(roomCameras(views, "sure"), [[0, 1]], { confidence: 1 });
  const wrong = {
    ...prediction!,
    pointmap1: prediction!.pointmap1.slice(),
    confidence1: prediction!.confidence1.slice(),
  };
  // Two points change places with each other, as far away as they were.
  for (let k = 0; k < 3; k++)
    [wrong.pointmap1[k], wrong.pointmap1[k + 3]] = [wrong.pointmap1[k + 3]!, wrong.pointmap1[k]!];
  const shareOfWrong = (confidence: number): number => {
    wrong.confidence1.fill(confidence);
    const mean = meanPrediction(prediction!, wrong);
    return (mean.pointmap1[0]! - prediction!.pointmap1[0]!) / (wrong.pointmap1[0]! - prediction!.pointmap1[0]!);
  };
  expect(shareOfWrong(1)).toBeCloseTo(1 / 2, 4);
  expect(shareOfWrong(3)).toBeCloseTo(3 / 4, 4);
});
