import { describe, expect, test } from "vitest";
import { expectClose, readGoldens } from "../../../test/golden.ts";
import { type Feeds, runGraph } from "../../../test/run-graph.ts";
import { invertRigid, transformPoints } from "../../geometry/pose.ts";
import { gradients } from "../../tensor/gradients.ts";
import { input } from "../../tensor/tensor.ts";
import {
  type Criterion,
  confidenceLoss,
  type LossViews,
  meanLoss,
  regressionLoss,
  weightedSum,
} from "./pointmap-loss.ts";
import {
  type Both,
  medianCenter,
  medianSpread,
  type NormMode,
  normalizePointmaps,
  optimalScale,
} from "./pointmap-normalization.ts";

const golden = readGoldens("losses.safetensors");
const [BATCH, PIXELS] = [2, 12 * 16];
const SHAPES = { points: [BATCH, 1, 3, PIXELS], scalar: [BATCH, 1, 1, PIXELS] };

/** `[batch, height, width, 3]` to `[batch, 1, 3, pixels]`, or back. */
function exchanged(data: Float32Array, from: "points" | "planes"): Float32Array {
  return Float32Array.from({ length: data.length }, (_, i) => {
    const [sample, k] = [Math.floor(i / (3 * PIXELS)), i % (3 * PIXELS)];
    const at = from === "points" ? (k % PIXELS) * 3 + Math.floor(k / PIXELS) : (k % 3) * PIXELS + Math.floor(k / 3);
    return data[sample * 3 * PIXELS + at]!;
  });
}

/** Upstream gives true points in world coordinates. */
function inCamera1(view: 1 | 2): Float32Array {
  const world = golden(`in.gt${view}.pts3d`).data;
  const worldFromCam = Float64Array.from(golden("in.gt1.camera_pose").data);
  return Float32Array.from(
    Array.from({ length: BATCH }, (_, b) => {
      const points = world.slice(b * 3 * PIXELS, (b + 1) * 3 * PIXELS);
      return [...transformPoints(invertRigid(worldFromCam.subarray(16 * b, 16 * b + 16)), points)];
    }).flat(),
  );
}

const feeds: Feeds = Object.fromEntries([
  ...([1, 2] as const).flatMap((view) => [
    [`truth${view}`, { shape: SHAPES.points, data: exchanged(inCamera1(view), "points") }],
    [`valid${view}`, { shape: SHAPES.scalar, data: golden(`in.gt${view}.valid_mask`).data }],
    [`confidence${view}`, { shape: SHAPES.scalar, data: golden(`in.pred${view}.conf`).data }],
  ]),
  ["points1", { shape: SHAPES.points, data: exchanged(golden("in.pred1.pts3d").data, "points") }],
  ["points2", { shape: SHAPES.points, data: exchanged(golden("in.pred2.pts3d_in_other_view").data, "points") }],
]);

const both = <T>(f: (view: 1 | 2) => T): Both<T> => [f(1), f(2)];
const views: LossViews = {
  predictions: both((view) => ({
    points: input(`points${view}`, SHAPES.points),
    confidence: input(`confidence${view}`, SHAPES.scalar),
  })),
  targets: both((view) => ({
    points: input(`truth${view}`, SHAPES.points),
    valid: input(`valid${view}`, SHAPES.scalar),
  })),
};
const predicted = both((view) => views.predictions[view - 1]!.points);
const truth = both((view) => views.targets[view - 1]!.points);
const valid = both((view) => views.targets[view - 1]!.valid);

const invariant = { shiftInvariant: true, scaleInvariant: true };
const CRITERIA: readonly (readonly [string, Criterion])[] = [
  ["Regr3D_avg_dis", meanLoss(regressionLoss())],
  ["Regr3D_avg_dis_gtscale", meanLoss(regressionLoss({ trueScale: true }))],
  ["Regr3D_nonorm", meanLoss(regressionLoss({ norm: undefined }))],
  ["Regr3D_avg_log1p", meanLoss(regressionLoss({ norm: "average-log" }))],
  ["Regr3D_avg_warp-log1p", meanLoss(regressionLoss({ norm: "average-warped" }))],
  ["Regr3D_median_dis", meanLoss(regressionLoss({ norm: "median" }))],
  ["Regr3D_sqrt_dis", meanLoss(regressionLoss({ norm: "square-root" }))],
  ["ConfLoss_Regr3D_avg_dis_a0.2", confidenceLoss(regressionLoss(), 0.2)],
  ["Regr3D_ShiftInv", meanLoss(regressionLoss({ shiftInvariant: true }))],
  ["Regr3D_ShiftInv_gtscale", meanLoss(regressionLoss({ shiftInvariant: true, trueScale: true }))],
  ["Regr3D_ScaleInv", meanLoss(regressionLoss({ scaleInvariant: true }))],
  ["Regr3D_ScaleInv_gtscale", meanLoss(regressionLoss({ scaleInvariant: true, trueScale: true }))],
  ["Regr3D_ScaleShiftInv", meanLoss(regressionLoss(invariant))],
  ["Regr3D_ScaleShiftInv_gtscale", meanLoss(regressionLoss({ ...invariant, trueScale: true }))],
  ["ConfLoss_ScaleShiftInv_a0.2", confidenceLoss(regressionLoss(invariant), 0.2)],
  [
    "Combo_Regr3D_plus_0.1ScaleInv",
    weightedSum([
      [1, meanLoss(regressionLoss())],
      [0.1, meanLoss(regressionLoss({ scaleInvariant: true }))],
    ]),
  ],
];

test.each(CRITERIA)("%s against the reference", async (name, criterion) => {
  const { loss, details } = criterion(views);
  const { points: points1, confidence: confidence1 } = views.predictions[0];
  const { points: points2, confidence: confidence2 } = views.predictions[1];
  const [p1, p2, c1, c2] = gradients(loss, [points1, points2, confidence1, confidence2]);
  const actual = await runGraph({ loss, ...details, p1: p1!, p2: p2!, c1: c1!, c2: c2! }, feeds);
  expectClose(actual.loss!, golden(`${name}.loss`).data, { absolute: 0, relative: 1e-5, name: "loss" });
  for (const [output, tensor] of [
    ["p1", "pred1.pts3d"],
    ["p2", "pred2.pts3d_in_other_view"],
    ["c1", "pred1.conf"],
    ["c2", "pred2.conf"],
  ] as const) {
    if (output.startsWith("c") && !name.startsWith("Conf")) {
      expect(Math.max(...actual[output]!.map(Math.abs))).toBe(0);
      continue;
    }
    const expected = golden(`${name}.grad.${tensor}`).data;
    const gradient = output.startsWith("p") ? exchanged(actual[output]!, "planes") : actual[output]!;
    const largest = Math.max(...expected.map(Math.abs));
    expectClose(gradient, expected, { absolute: 2e-4 * largest, relative: 0, name: tensor });
  }
});

describe("parts of the losses against the reference", () => {
  const close = { absolute: 0, relative: 1e-5 };
  test.each<[string, NormMode]>([
    ["avg_dis", "average"],
    ["avg_log1p", "average-log"],
    ["avg_warp-log1p", "average-warped"],
    ["median_dis", "median"],
    ["sqrt_dis", "square-root"],
  ])("factor %s", async (name, mode) => {
    const { factor } = await runGraph({ factor: normalizePointmaps(predicted, valid, mode).factor }, feeds);
    expectClose(factor!, golden(`normalize_pointcloud.${name}.factor`).data, close);
  });

  test.each(["average", "median", "weiszfeld"] as const)("scale fit: %s", async (fit) => {
    const { scale } = await runGraph({ scale: optimalScale(truth, predicted, valid, fit) }, feeds);
    expectClose(scale!, golden(`find_opt_scaling.${fit === "average" ? "avg" : fit}`).data, close);
  });

  test("center and spread", async () => {
    const actual = await runGraph(
      { center: medianCenter(predicted, valid), spread: medianSpread(predicted, valid) },
      feeds,
    );
    const depths = Float32Array.of(actual.center![2]!, actual.center![5]!);
    expectClose(depths, golden("joint_depth_median").data, close);
    expectClose(actual.center!, golden("joint_center").data, close);
    expectClose(actual.spread!, golden("joint_scale").data, close);
  });
});

describe("degenerate batches", () => {
  const everything = confidenceLoss(regressionLoss(invariant), 0.2)(views);
  const gradient = gradients(everything.loss, predicted);
  const outputs = { loss: everything.loss, g1: gradient[0]!, g2: gradient[1]! };

  test("a batch without a valid pixel has zero loss and zero gradient", async () => {
    const nothing = { shape: SHAPES.scalar, data: new Float32Array(BATCH * PIXELS) };
    const actual = await runGraph(outputs, { ...feeds, valid1: nothing, valid2: nothing });
    expect(actual.loss![0]).toBe(0);
    expect([...actual.g1!, ...actual.g2!].every((value) => value === 0)).toBe(true);
  });

  test.each([
    ["equal to the truth", "truth"],
    ["all zero", "zero"],
  ])("predictions %s have finite gradients", async (_, kind) => {
    const zero = { shape: SHAPES.points, data: new Float32Array(3 * BATCH * PIXELS) };
    const same =
      kind === "zero" ? { points1: zero, points2: zero } : { points1: feeds.truth1!, points2: feeds.truth2! };
    const plain = meanLoss(regressionLoss())(views);
    const [g1, g2] = gradients(plain.loss, predicted);
    const actual = await runGraph({ loss: plain.loss, g1: g1!, g2: g2! }, { ...feeds, ...same });
    expect([...actual.g1!, ...actual.g2!].every(Number.isFinite)).toBe(true);
    if (kind === "truth") expect(actual.loss![0]).toBe(0);
  });
});
