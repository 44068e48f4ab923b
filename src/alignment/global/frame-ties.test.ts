import { expect, test } from "vitest";
import { randomSimilarity } from "../../../test/random-geometry.ts";
import { seededRandom } from "../../core/random.ts";
import { centeredIntrinsics } from "../../geometry/camera.ts";
import { addTieCurvature, addTies } from "./frame-ties.ts";
import { lowerIndex } from "./hessian.ts";
import { cameraOffset, edgeOffset, moveWorld, type World } from "./world.ts";

const random = seededRandom("ties");
const size = { width: 4, height: 3 };
const pairs = [
  { view1: 0, view2: 1 },
  { view1: 1, view2: 0 },
].map((pair) => {
  const empty = [new Float32Array(0), new Float32Array(0)] as const;
  return { ...pair, pointmaps: empty, weights: empty };
});
const ties = { pairs, strength: 0.7, distance: 2 };
const parameters = edgeOffset(2, 2);

/** Pairs near the camera of their view 1, or exactly there. */
function worldOf(offset: number): World {
  const cameras = [0, 1].map(() => {
    const { rotation, translation } = randomSimilarity(random);
    return { rotation, center: translation, intrinsics: centeredIntrinsics(size, 5) };
  });
  const edges = pairs.map(({ view1 }) => {
    return { scale: 1, rotation: cameras[view1]!.rotation, translation: cameras[view1]!.center };
  });
  const change = new Float64Array(parameters).map(() => offset * (2 * random() - 1));
  return moveWorld({ cameras, edges }, change);
}

const costOf = (world: World) => addTies(world, ties, new Float64Array(parameters));
const unit = (k: number, value: number) => new Float64Array(parameters).fill(value, k, k + 1);

test("the cost vanishes where every pair is in its camera's frame, and grows from there", () => {
  expect(costOf(worldOf(0))).toBeCloseTo(0, 12);
  expect(costOf(worldOf(0.1))).toBeGreaterThan(1e-4);
});

test("its derivatives are those of its value, nearly so for rotations", () => {
  const world = worldOf(0.02);
  const gradient = new Float64Array(parameters);
  addTies(world, ties, gradient);
  for (let k = 0; k < parameters; k++) {
    const numeric = (costOf(moveWorld(world, unit(k, 1e-5))) - costOf(moveWorld(world, unit(k, -1e-5)))) / 2e-5;
    expect(gradient[k]!).toBeCloseTo(numeric, 4);
  }
});

test("its curvature is that of its value where it vanishes", () => {
  const world = worldOf(0);
  const size = 9 + 7 * 2;
  const hessians = [0, 1].map(() => ({ edges: [0, 1], size, matrix: new Float32Array((size * (size + 1)) / 2) }));
  addTieCurvature(ties, hessians);
  const placeOf = (image: number, k: number) =>
    k < 9 ? cameraOffset(image) + k : edgeOffset(2, Math.floor((k - 9) / 7)) + ((k - 9) % 7);
  for (let k = 0; k < parameters; k++) {
    const gradient = new Float64Array(parameters);
    addTies(moveWorld(world, unit(k, 1e-4)), ties, gradient);
    const column = new Float64Array(parameters);
    hessians.forEach(({ matrix }, image) => {
      for (let row = 0; row < size; row++) {
        for (let c = 0; c < size; c++)
          if (placeOf(image, c) === k) column[placeOf(image, row)]! += matrix[lowerIndex(row, c)]!;
      }
    });
    column.forEach((value, row) => {
      expect(gradient[row]! / 1e-4).toBeCloseTo(value, 3);
    });
  }
});
