import { describe, expect, test } from "vitest";
import { readGoldens } from "../../../test/golden.ts";
import { arcCameras, noisyPredictions, sphereRoomDepth } from "../../../test/noisy-room.ts";
import { goldenPoses, goldenPredictions } from "../../../test/synthetic-pairs.ts";
import { seededRandom } from "../../core/random.ts";
import { centeredIntrinsics } from "../../geometry/camera.ts";
import { scale3 } from "../../geometry/mat3.ts";
import { rotationOf, translationOf } from "../../geometry/pose.ts";
import { weightedPair } from "../weighted-pair.ts";
import { evaluate, objective } from "./evaluate.ts";
import { hessian, lowerIndex } from "./hessian.ts";
import { fullLevel, sampleLevel } from "./observation.ts";
import { cameraAt, cameraOffset, edgeOffset, moveWorld, type World } from "./world.ts";

const PAPER = { kind: "distance", floor: 1e-9 } as const;
const AS_GIVEN = { tolerance: 0, maxSteps: 0 };

describe("the objective at the reference's start", () => {
  const size = { width: 64, height: 48, principalPoint: [32, 24] } as const;
  const sizes = Array.from({ length: 5 }, () => size);
  const pairs = goldenPredictions("ga5_inputs.safetensors").map(weightedPair);
  const reference = readGoldens("ga5_pco.safetensors");
  const level = fullLevel(sizes, pairs);
  const start = sizes.map((_, i) => Float32Array.from(reference(`init.depth.${i}`).data));
  const scales = reference("init.pw_scale").data;
  const world: World = {
    cameras: goldenPoses("ga5_pco.safetensors", "init.im_poses_cam2world").map((pose, i) =>
      cameraAt(pose, centeredIntrinsics(size, reference("init.focals").data[i]!)),
    ),
    edges: goldenPoses("ga5_pco.safetensors", "init.pw_poses_4x4").map((pose, e) => {
      const scale = scales[e]!;
      return { scale, rotation: scale3(1 / scale, rotationOf(pose)), translation: translationOf(pose) };
    }),
  };
  const lossAt = (changed: World, depths = start) =>
    evaluate(changed, level, { penalty: PAPER, settle: AS_GIVEN, start: depths }).loss;
  /** The derivative by one parameter at constant depths, as the reference takes it. */
  const derivative = (parameter: number) => {
    const change = new Float64Array(edgeOffset(5, 20));
    const at = (value: number) => {
      change[parameter] = value;
      return lossAt(moveWorld(world, change));
    };
    return (at(1e-5) - at(-1e-5)) / 2e-5;
  };

  test("the loss is the reference's", () => {
    expect(lossAt(world)).toBeCloseTo(reference("init.loss").data[0]!, 7);
  });

  test("so are the derivatives by focal lengths and camera centers, in its parameters", () => {
    const focals = reference("init_grad.im_focals").data;
    const poses = reference("init_grad.im_poses").data;
    const parameters = reference("init_param.im_poses").data;
    for (let i = 0; i < 5; i++) {
      expect(derivative(cameraOffset(i) + 6) / 20).toBeCloseTo(focals[i]!, 6);
      for (let k = 0; k < 3; k++) {
        const parameter = parameters[7 * i + 4 + k]!;
        if (parameter === 0) continue; // its translations are sign(p) expm1(|p|), which have no slope at 0
        const stretch = Math.exp(Math.abs(parameter));
        expect(stretch * derivative(cameraOffset(i) + k)).toBeCloseTo(poses[7 * i + 4 + k]!, 5);
      }
    }
  });

  test("by the pairs' translations", () => {
    const poses = reference("init_grad.pw_poses").data;
    const parameters = reference("init_param.pw_poses").data;
    for (let e = 0; e < 20; e += 7) {
      for (let k = 0; k < 3; k++) {
        const stretch = scales[e]! * Math.exp(Math.abs(parameters[8 * e + 4 + k]!));
        expect(stretch * derivative(edgeOffset(5, e) + k)).toBeCloseTo(poses[8 * e + 4 + k]!, 5);
      }
    }
  });

  test("and by the depths", () => {
    const expected = reference("init_grad.im_depthmaps").data;
    for (const pixel of [5, 777, 2000, 3071]) {
      const depth = start[2]![pixel]!;
      const at = (z: number) => lossAt(world, start.with(2, start[2]!.with(pixel, z)));
      // Depths are single precision: by how much it moves is known afterwards.
      const [near, far] = [Math.fround(depth * (1 - 1e-4)), Math.fround(depth * (1 + 1e-4))];
      expect(((at(far) - at(near)) / (far - near)) * depth).toBeCloseTo(expected[2 * 3072 + pixel]!, 7);
    }
  });
});

describe("derivatives with the depths eliminated", () => {
  const cameras = arcCameras(3, { width: 12, height: 9 }, "derivatives");
  const edges = [
    [0, 1],
    [1, 0],
    [2, 1],
    [0, 2],
  ] as const;
  const sizes = cameras.map(({ size }) => size);
  const settle = { tolerance: 1e-16, maxSteps: 500 };
  const setup = (noise: number) => {
    const pairs = [...noisyPredictions(cameras, edges, { noise, outliers: 0 })].map(weightedPair);
    const truth: World = {
      cameras: cameras.map(({ worldFromCam, size, focal }) => cameraAt(worldFromCam, centeredIntrinsics(size, focal))),
      edges: edges.map(([i]) => {
        const pose = cameras[i]!.worldFromCam;
        return { scale: 1, rotation: rotationOf(pose), translation: translationOf(pose) };
      }),
    };
    return { level: fullLevel(sizes, pairs), pairs, truth };
  };
  const parameters = edgeOffset(cameras.length, edges.length);
  const unit = (k: number, value: number) => new Float64Array(parameters).fill(value, k, k + 1);

  test.each(["distance", "squared"] as const)("of the %s penalty are those of its values", (kind) => {
    const { level, truth } = setup(0.05);
    const random = seededRandom(kind);
    const world = moveWorld(
      truth,
      new Float64Array(parameters).map(() => 0.1 * (random() - 0.5)),
    );
    const penalty = { kind, floor: 0.1 };
    const { gradient } = evaluate(world, level, { penalty, settle });
    const step = 1e-5;
    for (let k = 0; k < parameters; k++) {
      const at = (value: number) => evaluate(moveWorld(world, unit(k, value)), level, { penalty, settle }).loss;
      expect(gradient[k]!).toBeCloseTo((at(step) - at(-step)) / (2 * step), 6);
    }
  });

  test("the Gauss-Newton Hessian is the Hessian where nothing is left over", () => {
    const { level, truth } = setup(0);
    const exact = {
      ...truth,
      edges: truth.edges.map((edge, e) => {
        const [image] = edges[e]!;
        const { points } = level[image]!.observations.find((observation) => observation.edge === e)!;
        return { ...edge, scale: sphereRoomDepth(cameras[image]!)[0]! / points[2]! };
      }),
    };
    const penalty = { kind: "squared", floor: 0 } as const;
    const { loss, depths, gradient } = evaluate(exact, level, { penalty, settle });
    expect(loss).toBeLessThan(1e-12);
    const dense = new Float64Array(parameters * parameters);
    hessian(exact, level, depths, penalty).forEach(({ edges: around, matrix, size }, i) => {
      const places = [
        ...Array.from({ length: 9 }, (_, k) => cameraOffset(i) + k),
        ...around.flatMap((e) => Array.from({ length: 7 }, (_, k) => edgeOffset(cameras.length, e) + k)),
      ];
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          dense[places[row]! * parameters + places[column]!]! += matrix[lowerIndex(row, column)]!;
        }
      }
    });
    const step = 1e-5;
    for (let k = 0; k < parameters; k++) {
      const moved = evaluate(moveWorld(exact, unit(k, step)), level, { penalty, settle }).gradient;
      for (let row = 0; row < parameters; row++) {
        const numeric = (moved[row]! - gradient[row]!) / step;
        expect(Math.abs(dense[row * parameters + k]! - numeric)).toBeLessThan(1e-3 * (1 + Math.abs(numeric)));
      }
    }
  });

  test.each(["distance", "squared"] as const)("the objective of the %s penalty is the same without them", (kind) => {
    const { level, truth } = setup(0.05);
    const options = { penalty: { kind, floor: 1e-9 }, settle };
    const { loss, depths } = evaluate(truth, level, options);
    expect(objective(truth, level, options)).toEqual({ loss, depths });
  });

  test("a sample of the pixels has an objective of the same size", () => {
    const { level, pairs, truth } = setup(0.05);
    const options = { penalty: PAPER, settle };
    const all = evaluate(truth, level, options).loss;
    const some = evaluate(truth, sampleLevel(level, sizes, pairs, 54), options).loss;
    expect(some / all).toBeGreaterThan(0.8);
    expect(some / all).toBeLessThan(1.25);
  });
});
