import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectClose, readGoldens } from "../../test/golden.ts";
import { cameraErrors } from "../../test/pose-errors.ts";
import { goldenPoses, goldenPredictions } from "../../test/synthetic-pairs.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import { addPrediction, emptySummary, finishSummary } from "./prediction-summary.ts";
import { sceneImages, seenFromFirstCameras } from "./scene-images.ts";
import { alignSpanningTree } from "./spanning-tree.ts";

const size = { width: 64, height: 48, principalPoint: [32, 24] as const };
const inputs = readGoldens("ga5_inputs.safetensors");
const reference = readGoldens("ga5_pco.safetensors");
const predictions = goldenPredictions("ga5_inputs.safetensors");
const truth = goldenPoses("ga5_inputs.safetensors", "gt.cam2world");
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;

function reconstruct(stream: readonly PairPrediction[]) {
  const summary = emptySummary(Array.from({ length: 5 }, () => size));
  for (const prediction of stream) addPrediction(summary, prediction);
  return sceneImages(seenFromFirstCameras(alignSpanningTree(finishSummary(summary))));
}

describe("five images, against the reference's state after initialization", () => {
  const images = reconstruct(predictions);
  const ours = cameraErrors(
    images.map((image) => image.worldFromCam),
    truth,
  );
  const theirs = cameraErrors(goldenPoses("ga5_pco.safetensors", "init.im_poses_cam2world"), truth);

  test("cameras are no farther from the truth", () => {
    expect(mean(ours.distances)).toBeLessThan(mean(theirs.distances));
    expect(mean(ours.degrees)).toBeLessThan(mean(theirs.degrees));
    expect(Math.max(...ours.degrees)).toBeLessThan(Math.max(...theirs.degrees));
    expect(Math.max(...ours.distances)).toBeLessThan(0.015);
  });

  test("depths are no farther from the truth", () => {
    const error = (depth: Float32Array, scale: number, image: number) => {
      const exact = inputs("gt.depth").data.subarray(image * depth.length);
      return depth.map((z, i) => Math.abs((z * scale) / exact[i]! - 1)).sort()[depth.length >> 1]!;
    };
    const errors = images.map(({ depth }, i) => error(depth, ours.scale, i));
    const theirErrors = images.map((_, i) => error(reference(`init.depth.${i}`).data, theirs.scale, i));
    expect(mean(errors)).toBeLessThan(mean(theirErrors));
  });

  test("focal lengths equal those of the reference once its stale edge is repaired", () => {
    const summary = readFileSync(new URL("../../test/fixtures/ga_summary.json", import.meta.url), "utf8");
    const [repaired] = Object.entries(JSON.parse(summary)).filter(([name]) => name.startsWith("ga5_pco_correct")) as [
      [string, { init_focals: number[] }],
    ];
    expectClose(
      images.map((image) => image.intrinsics.fx),
      repaired[1].init_focals,
      { absolute: 0, relative: 1e-6 },
    );
  });

  test("focal lengths are within 0.5 % of the truth", () => {
    images.forEach(({ intrinsics }, i) => {
      expect(Math.abs(intrinsics.fx / inputs("gt.K").data[9 * i]! - 1)).toBeLessThan(0.005);
    });
  });

  test("the confidence of a pixel is the best of all pairs", () => {
    images.forEach(({ confidence }, i) => {
      expect(confidence).toEqual(reference("im_conf").data.slice(i * confidence.length, (i + 1) * confidence.length));
    });
  });

  test("the order of the pairs does not matter", () => {
    const reversed = reconstruct(predictions.toReversed());
    images.forEach((image, i) => {
      expect(reversed[i]).toEqual(image);
    });
  });
});
