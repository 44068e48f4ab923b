import type { FusedPoints } from "../core/dense-scene.ts";
import { seededRandom } from "../core/random.ts";
import type { ScenePoints } from "./scene-points.ts";

/** The numbers 0 to `count` − 1 in an order of which every beginning is an even choice of them all; the same at every call. */
export function evenOrder(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const random = seededRandom("points");
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor((i + 1) * random());
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** An even choice of at most `most` of the points, in their order. */
export function chosenPoints(points: ScenePoints, most: number): ScenePoints {
  const indices = choice(points.confidences.length, most);
  return indices === undefined ? points : pickedPoints(points, indices);
}

/** As `chosenPoints`, of fused points. */
export function chosenFused({ positions, normals, colors, photos }: FusedPoints, most: number): FusedPoints {
  const indices = choice(photos.length, most);
  if (indices === undefined) return { positions, normals, colors, photos };
  return {
    positions: picked(positions, 3, indices),
    normals: picked(normals, 3, indices),
    colors: picked(colors, 3, indices),
    photos: picked(photos, 1, indices),
  };
}

/** The points with these indices, in this order. */
export function pickedPoints({ positions, colors, confidences }: ScenePoints, indices: Uint32Array): ScenePoints {
  return {
    positions: picked(positions, 3, indices),
    colors: picked(colors, 3, indices),
    confidences: picked(confidences, 1, indices),
  };
}

function choice(count: number, most: number): Uint32Array | undefined {
  return count <= most ? undefined : evenOrder(count).subarray(0, most).toSorted();
}

function picked<T extends Float32Array | Uint8Array>(values: T, size: number, indices: Uint32Array): T {
  const result = new (values.constructor as new (length: number) => T)(size * indices.length);
  for (let i = 0; i < indices.length; i++) {
    for (let k = 0; k < size; k++) result[size * i + k] = values[size * indices[i]! + k]!;
  }
  return result;
}
