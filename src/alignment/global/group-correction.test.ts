import { describe, expect, test } from "vitest";
import { gaussian, seededRandom } from "../../core/random.ts";
import { projectFree } from "./constraints.ts";
import { groupCorrection, groupCurvature } from "./group-correction.ts";
import { type ImageHessian, lowerIndex } from "./hessian.ts";
import { groupMotions, MOTION_DOF, MOTION_SCALE, motionGroups } from "./motion-groups.ts";
import { newtonStep } from "./newton-step.ts";
import { cameraOffset, edgeOffset, WORLD_CAMERA_DOF, WORLD_EDGE_DOF, type World } from "./world.ts";

/** Images along a walk, each paired with the next two in both directions, and Hessians that common motions of an image and its pairs cost nothing. */
function walk(images: number) {
  const random = seededRandom("walk");
  const pairs = Array.from({ length: images }, (_, i) => [i + 1, i + 2].filter((j) => j < images))
    .flatMap((next, i) => next.map((j) => [i, j] as const))
    .flatMap(([view1, view2]) => [
      { view1, view2 },
      { view1: view2, view2: view1 },
    ]);
  const rotation = [1, 0, 0, 0, 1, 0, 0, 0, 1] as const;
  const intrinsics = { fx: 50, fy: 50, cx: 31.5, cy: 23.5 };
  const centers = Array.from({ length: images }, (_, i) => [i, gaussian(random), gaussian(random)] as const);
  const world: World = {
    cameras: centers.map((center) => ({ rotation, center, intrinsics })),
    edges: pairs.map(({ view1 }) => ({ scale: 1, rotation, translation: centers[view1]! })),
  };
  const frozen = new Uint8Array(edgeOffset(images, pairs.length));
  for (const [i] of centers.entries()) frozen.fill(1, cameraOffset(i) + 7, cameraOffset(i) + 9);
  frozen.fill(1, 0, 6);
  const balanced = pairs.map((_, edge) => edgeOffset(images, edge) + 6);
  const constraints = { frozen, tied: [], directed: [], balanced };
  const groups = motionGroups(images, pairs);
  const motions = groupMotions(world, groups, constraints);
  const whole = groupMotions(
    world,
    { count: 1, ofImage: new Int32Array(images), ofEdge: new Int32Array(pairs.length) },
    { frozen: new Uint8Array(frozen.length), tied: [], directed: [], balanced: [] },
  ).followers;
  const hessians = centers.map((_, image): ImageHessian => {
    const edges = pairs.flatMap(({ view1, view2 }, edge) => (view1 === image || view2 === image ? [edge] : []));
    const size = WORLD_CAMERA_DOF + WORLD_EDGE_DOF * edges.length;
    const parts = [whole[image]!, ...edges.map((edge) => whole[images + edge]!)];
    const common = Array.from({ length: MOTION_DOF }, (_, k) =>
      parts.flatMap(({ dof, byMotion }) => Array.from({ length: dof }, (_, row) => byMotion[row * MOTION_DOF + k]!)),
    );
    const free = orthonormal(common);
    const rows = Array.from({ length: 2 * size }, () =>
      without(
        free,
        Array.from({ length: size }, () => gaussian(random)),
      ),
    );
    const matrix = new Float32Array((size * (size + 1)) / 2);
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) matrix[lowerIndex(i, j)] = rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0);
    return { edges, matrix, size };
  });
  return { images, hessians, motions, groups, constraints };
}

function orthonormal(vectors: readonly number[][]): number[][] {
  const basis: number[][] = [];
  for (const vector of vectors) {
    const rest = without(basis, without(basis, vector));
    const length = Math.hypot(...rest);
    basis.push(rest.map((x) => x / length));
  }
  return basis;
}

function without(basis: readonly number[][], vector: readonly number[]): number[] {
  return basis.reduce<number[]>(
    (rest, unit) => {
      const along = unit.reduce((sum, x, k) => sum + x * rest[k]!, 0);
      return rest.map((x, k) => x - along * unit[k]!);
    },
    [...vector],
  );
}

/** (H + D) x among what is free. */
function product({ images, hessians, constraints }: ReturnType<typeof walk>, dampers: Float64Array, x: Float64Array) {
  const sum = x.map((value, k) => value * dampers[k]!);
  hessians.forEach(({ edges, matrix }, image) => {
    const run = (first: number, dof: number) => Array.from({ length: dof }, (_, k) => first + k);
    const ofEdges = edges.flatMap((edge) => run(edgeOffset(images, edge), WORLD_EDGE_DOF));
    const places = [...run(cameraOffset(image), WORLD_CAMERA_DOF), ...ofEdges];
    places.forEach((place, row) => {
      for (const [column, other] of places.entries()) sum[place]! += matrix[lowerIndex(row, column)]! * x[other]!;
    });
  });
  projectFree(sum, constraints);
  return sum;
}

const length = (x: Float64Array) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));

describe("motions of groups", () => {
  test("are corrected exactly", () => {
    const system = walk(40);
    const { motions, hessians, constraints } = system;
    const parameters = constraints.frozen.length;
    const dampers = new Float64Array(parameters).fill(1e-3);
    const random = seededRandom("motions");
    const amounts = Float64Array.from({ length: MOTION_DOF * motions.groups }, () => gaussian(random));
    const moved = () => {
      const change = new Float64Array(parameters);
      for (const { group, offset, dof, byMotion } of motions.followers)
        for (let row = 0; row < dof; row++)
          for (let k = 0; k < MOTION_DOF; k++)
            change[offset + row]! += byMotion[row * MOTION_DOF + k]! * amounts[MOTION_DOF * group + k]!;
      return change;
    };
    // The sum of the scales is to stay.
    const before = moved();
    const mean = constraints.balanced.reduce((sum, k) => sum + before[k]!, 0) / constraints.balanced.length;
    for (let group = 0; group < motions.groups; group++) amounts[MOTION_DOF * group + MOTION_SCALE]! -= mean;
    const expected = moved();
    const correct = groupCorrection(groupCurvature(motions, hessians), { dampers, isBalanced: true })!;
    const found = correct(product(system, dampers, expected));
    expect(length(found.map((value, k) => value - expected[k]!))).toBeLessThan(1e-4 * length(expected));
  });

  test("let a step among many images be found that single images do not find", () => {
    const system = walk(80);
    const { hessians, constraints, motions } = system;
    const random = seededRandom("gradient");
    const gradient = new Float64Array(constraints.frozen.length).map(() => gaussian(random));
    projectFree(gradient, constraints);
    const none = new Float64Array(gradient.length);
    const residual = (step: Float64Array) =>
      length(product(system, none, step).map((value, k) => value + gradient[k]!)) / length(gradient);
    const how = { damping: 1e-9, residual: 1e-3, constraints };
    const alone = residual(newtonStep(hessians, gradient, how));
    const together = residual(newtonStep(hessians, gradient, how, groupCurvature(motions, hessians)));
    expect(together).toBeLessThan(0.1 * alone);
  });
});

test("groups are of images that pairs connect, and all images are in one", () => {
  const { groups } = walk(40);
  const sizes = new Map<number, number>();
  for (const group of groups.ofImage) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  expect([...sizes.values()]).toEqual([8, 8, 8, 8, 8]);
  const apart = motionGroups(4, [{ view1: 0, view2: 2 }]);
  expect([...apart.ofImage]).toEqual([0, 1, 0, 2]);
});
