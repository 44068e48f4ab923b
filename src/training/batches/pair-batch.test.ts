import { expect, test } from "vitest";
import type { Pose } from "../../core/camera.ts";
import { seededRandom } from "../../core/random.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { pairBatch } from "./pair-batch.ts";
import type { TrainingView } from "./training-view.ts";

const CONFIG = { patchSize: 2, head: { kind: "linear" } } as NetworkConfig;
const random = seededRandom("pair batch");

/** A view whose values say where they come from. */
function view(width: number, height: number, worldFromCam: Pose): TrainingView {
  const size = width * height;
  return {
    width,
    height,
    image: Float32Array.from({ length: 3 * size }, () => random()),
    points: Float32Array.from({ length: 3 * size }, () => random()),
    valid: Uint8Array.from({ length: size }, () => (random() < 0.5 ? 0 : 1)),
    worldFromCam,
  };
}

// A quarter turn about z with a step aside, and a shift.
const turned = Float64Array.of(0, -1, 0, 1, 1, 0, 0, 2, 0, 0, 1, 3, 0, 0, 0, 1);
const shifted = Float64Array.of(1, 0, 0, -4, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1);

test("every image becomes upright patches, whatever its orientation", () => {
  const [landscape, portrait] = [view(6, 4, turned), view(4, 6, shifted)];
  const batch = pairBatch([[landscape, portrait]], CONFIG);
  expect(batch.patches!.shape).toEqual([12, 12]);
  const places = [...(batch.positions!.data as BigInt64Array)].map(Number);
  expect(places.slice(0, 12)).toEqual([0, 0, 0, 1, 0, 2, 1, 0, 1, 1, 1, 2]);
  expect(places.slice(12)).toEqual([0, 0, 0, 1, 1, 0, 1, 1, 2, 0, 2, 1]);
  // Token 9 is the portrait's patch at row 1, column 1: channel 2, second row, first column.
  const expected = portrait.image[2 * 24 + 3 * 4 + 2]!;
  expect((batch.patches!.data as Float32Array)[9 * 12 + 2 * 4 + 2]).toBe(expected);
  // Valid pixels keep their patches' order: token 4 of the landscape view is at row 1, column 1.
  expect((batch.valid!.data as Uint8Array)[4 * 4 + 1]).toBe(landscape.valid[2 * 6 + 3]);
});

test("both directions: each image's points in its own frame, its partner's in the same frame", () => {
  const [first, second] = [view(4, 4, turned), view(4, 4, shifted)];
  const batch = pairBatch([[first, second]], CONFIG);
  const at = (name: string, image: number, axis: number) => (batch[name]!.data as Float32Array)[image * 48 + axis * 4]!; // First pixel of the first patch.
  const inTurned = ([x = 0, y = 0, z = 0]: Float32Array) => [y - 2, 1 - x, z - 3];
  const inShifted = ([x = 0, y = 0, z = 0]: Float32Array) => [x + 4, y, z - 1];
  for (let axis = 0; axis < 3; axis++) {
    expect(at("points1", 0, axis)).toBeCloseTo(inTurned(first.points)[axis]!, 6);
    expect(at("points1", 1, axis)).toBeCloseTo(inShifted(second.points)[axis]!, 6);
    expect(at("points2", 0, axis)).toBeCloseTo(inTurned(second.points)[axis]!, 6);
    expect(at("points2", 1, axis)).toBeCloseTo(inShifted(first.points)[axis]!, 6);
  }
});

test("a dense head gets whole images", () => {
  const dpt = { patchSize: 2, head: { kind: "dpt" } } as NetworkConfig;
  const first = view(4, 6, turned);
  const batch = pairBatch([[first, view(4, 6, shifted)]], dpt);
  expect(batch.points1!.shape).toEqual([2, 1, 3, 24]);
  expect(batch.valid!.data.slice(0, 24)).toEqual(first.valid);
});
