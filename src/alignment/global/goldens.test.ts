import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readGoldens } from "../../../test/golden.ts";
import { cameraErrors } from "../../../test/pose-errors.ts";
import { goldenPoses, goldenPredictions, streamOf } from "../../../test/synthetic-pairs.ts";
import type { ImagePlane } from "../../core/image-plane.ts";
import type { PairPrediction } from "../../core/pair-prediction.ts";
import type { Scene } from "../../core/scene.ts";
import type { Size } from "../../core/view.ts";
import { centeredIntrinsics } from "../../geometry/camera.ts";
import { align } from "../align.ts";
import type { AlignPriors } from "../align-options.ts";

interface Summary {
  readonly final_loss: number;
  readonly err: { readonly trans_err: readonly number[]; readonly focal_rel_err: readonly number[] };
}

const summaries: Readonly<Record<string, Summary>> = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/ga_summary.json", import.meta.url), "utf8"),
);
/** With its wrong start of the focal lengths repaired: the figures to meet. */
const repaired = (name: string) => summaries[Object.keys(summaries).find((key) => key.startsWith(`${name}_correct`))!]!;
const variants = readGoldens("ga_variants.safetensors");

const room = {
  predictions: goldenPredictions("ga5_inputs.safetensors"),
  truth: goldenPoses("ga5_inputs.safetensors", "gt.cam2world"),
  focals: focalsOf(readGoldens("ga5_inputs.safetensors")("gt.K").data),
};
/** Images as the reference had them: with the principal point half a pixel beyond the middle. */
const recorded = ({ width, height }: Size): ImagePlane => ({ width, height, principalPoint: [width / 2, height / 2] });
const size = recorded({ width: 64, height: 48 });
const exact = room.focals.map((focal) => centeredIntrinsics(size, focal));

function focalsOf(calibrations: Float32Array): number[] {
  return Array.from({ length: calibrations.length / 9 }, (_, i) => calibrations[9 * i]!);
}

function alignAll(predictions: readonly PairPrediction[], priors?: AlignPriors): Promise<Scene> {
  const sizes: ImagePlane[] = [];
  for (const { view1, view2, size1, size2 } of predictions)
    [sizes[view1], sizes[view2]] = [recorded(size1), recorded(size2)];
  return align(sizes, streamOf(predictions), { priors });
}

function errorsOf(scene: Scene, truth: readonly Float64Array[], focals: readonly number[]) {
  const cameras = cameraErrors(
    scene.images.map((image) => image.worldFromCam),
    truth,
  );
  const ofFocals = scene.images.map(({ intrinsics }, i) => Math.abs(intrinsics.fx / focals[i]! - 1));
  return {
    distance: Math.max(...cameras.distances),
    degrees: Math.max(...cameras.degrees),
    focal: Math.max(...ofFocals),
  };
}

describe("global alignment against the reference", () => {
  test("five images: a lower loss and better cameras than even its repaired start gives", async () => {
    const scene = await alignAll(room.predictions);
    expect(scene.alignment.method).toBe("global");
    expect(scene.alignment.loss).toBeLessThan(repaired("ga5_pco").final_loss);
    const { distance, focal } = errorsOf(scene, room.truth, room.focals);
    expect(distance).toBeLessThan(Math.max(...repaired("ga5_pco").err.trans_err));
    expect(focal).toBeLessThan(0.002);
  });

  test("three images of different shapes", async () => {
    const edges = variants("mixed.edges").data;
    const predictions = Array.from({ length: edges.length / 2 }, (_, k): PairPrediction => {
      const [view1, view2] = [edges[2 * k]!, edges[2 * k + 1]!];
      const of = (name: string) => variants(`mixed.in.${view1}_${view2}.${name}`);
      const sizeOf = ([height, width]: readonly number[]) => ({ width: width!, height: height! });
      return {
        view1,
        view2,
        size1: sizeOf(of("pred1.conf").shape),
        size2: sizeOf(of("pred2.conf").shape),
        pointmap1: of("pred1.pts3d").data,
        confidence1: of("pred1.conf").data,
        pointmap2: of("pred2.pts3d_in_other_view").data,
        confidence2: of("pred2.conf").data,
      };
    });
    const scene = await alignAll(predictions);
    expect(scene.alignment.loss).toBeLessThan(summaries.mixed!.final_loss);
    const truth = goldenPoses("ga_variants.safetensors", "mixed.gt.cam2world");
    const { distance, focal } = errorsOf(scene, truth, focalsOf(variants("mixed.gt.K").data));
    expect(distance).toBeLessThan(0.012);
    expect(focal).toBeLessThan(0.006);
  });

  test("a chain of six images, where a wrong start bends the reference", async () => {
    const scene = await alignAll(goldenPredictions("ga_variants.safetensors", "chain6."));
    expect(scene.alignment.loss).toBeLessThan(repaired("chain6").final_loss);
    const truth = goldenPoses("ga_variants.safetensors", "chain6.gt.cam2world");
    const { distance, degrees, focal } = errorsOf(scene, truth, focalsOf(variants("chain6.gt.K").data));
    expect(distance).toBeLessThan(Math.max(...repaired("chain6").err.trans_err));
    expect(focal).toBeLessThan(Math.max(...repaired("chain6").err.focal_rel_err.map(Math.abs)));
    // Nearly all of it is one turn about the chain, which the alignment to the truth by centers leaves loose.
    expect(degrees).toBeLessThan(1.2);
  });

  test("known focal lengths", async () => {
    const scene = await alignAll(room.predictions, { intrinsics: exact });
    expect(scene.alignment.loss).toBeLessThan(summaries.pco_known_focals!.final_loss);
    expect(scene.images.map((image) => image.intrinsics)).toEqual(exact);
    expect(errorsOf(scene, room.truth, room.focals).distance).toBeLessThan(0.0025);
  });

  test("two known focal lengths of five", async () => {
    const some = exact.map((intrinsics, i) => (i === 0 || i === 2 ? intrinsics : undefined));
    const scene = await alignAll(room.predictions, { intrinsics: some });
    expect(scene.alignment.loss).toBeLessThan(summaries.mod_focal02!.final_loss);
    const { distance } = errorsOf(scene, room.truth, room.focals);
    expect(distance).toBeLessThan(Math.max(...summaries.mod_focal02!.err.trans_err) / 5);
  });

  test("free principal points", async () => {
    const scene = await alignAll(room.predictions, { optimizePrincipalPoint: true });
    expect(scene.alignment.loss).toBeLessThan(summaries.pco_optpp!.final_loss);
    const { distance } = errorsOf(scene, room.truth, room.focals);
    expect(distance).toBeLessThan(Math.max(...summaries.pco_optpp!.err.trans_err) / 5);
  });

  test("two known poses: they set the scale, and do not shrink the rest as they do there", async () => {
    const some = room.truth.map((pose, i) => (i === 0 || i === 3 ? pose : undefined));
    const scene = await alignAll(room.predictions, { worldFromCam: some });
    const apart = scene.images.map(({ worldFromCam }, i) =>
      Math.hypot(...[3, 7, 11].map((k) => worldFromCam[k]! - room.truth[i]![k]!)),
    );
    expect(apart[0]).toBeLessThan(1e-9);
    expect(apart[3]).toBeLessThan(1e-9);
    expect(Math.max(...apart)).toBeLessThan(0.02);
    expect(Math.max(...summaries.mod_pose03!.err.trans_err)).toBeGreaterThan(0.1);
  });
});
