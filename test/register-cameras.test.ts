import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rigidPose } from "../src/geometry/pose.ts";
import { moveCamera } from "../src/geometry/similarity.ts";
import { expectClose, readGoldens } from "./golden.ts";
import { anyRandom, largestDifference, randomPose, randomRotation, randomSimilarity } from "./random-geometry.ts";
import { registerCameras } from "./register-cameras.ts";

const golden = readGoldens("pnp_registration.safetensors");

describe("registerCameras", () => {
  test("equals the reference", () => {
    const poses = (name: string) =>
      Array.from({ length: 5 }, (_, i) => Float64Array.from(golden(name).data.slice(16 * i, 16 * i + 16)));
    const result = registerCameras(poses("align_poses.src"), poses("align_poses.tgt"));
    if (result.status === "failed") throw new Error(result.reason);
    const { scale, rotation, translation } = result.targetFromSource;
    expectClose([scale], golden("align_poses.s").data, { absolute: 0, relative: 1e-5 });
    expectClose(rotation, golden("align_poses.R").data, { absolute: 1e-5, relative: 0 });
    expectClose(translation, golden("align_poses.t").data, { absolute: 1e-5, relative: 1e-5 });
  });

  test("finds the similarity between two worlds, also for cameras in a line", () => {
    fc.assert(
      fc.property(anyRandom, fc.boolean(), (random, inLine) => {
        const truth = randomSimilarity(random);
        const source = Array.from({ length: 4 }, (_, i) =>
          inLine ? rigidPose(randomRotation(random), [i, 2 * i, -i]) : randomPose(random),
        );
        const target = source.map((camera) => moveCamera(truth, camera));
        const result = registerCameras(source, target);
        if (result.status === "failed") throw new Error(result.reason);
        expect(largestDifference(result.targetFromSource.rotation, truth.rotation)).toBeLessThan(1e-6);
        expect(result.targetFromSource.scale / truth.scale).toBeCloseTo(1, 6);
      }),
    );
  });

  test("fails on cameras at one place", () => {
    expect(registerCameras([rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [1, 2, 3])], []).status).toBe("failed");
  });
});
