import {
  type Matrix3,
  multiply3,
  multiplyVector3,
  scaleVector3,
  transpose3,
  type Vector3,
} from "../../geometry/mat3.ts";
import { rotationFromVector, vectorFromRotation } from "../../geometry/rotation.ts";
import type { Similarity } from "../../geometry/similarity.ts";
import { maximumSpanningForest } from "../spanning-forest.ts";
import { robustPotentials } from "./robust-potentials.ts";

/** A measurement between the frames of two nodes of a graph. */
export interface RelativeSimilarity {
  readonly view1: number;
  readonly view2: number;
  readonly frame1FromFrame2: Similarity;
  readonly weight: number;
}

const ROTATION_ROUNDS = 5;

/**
 * The frames of the nodes 0 … count − 1 of a connected graph that agree best with measurements between them, as
 * `worldFromFrame`; the world is the frame of node 0. Rotations, then scales, then positions, each by the least weighted
 * sum of distances (not of their squares), so that a minority of wrong measurements has little effect.
 */
export function averageSimilarities(count: number, measurements: readonly RelativeSimilarity[]): Similarity[] {
  const rotations = averageRotations(count, measurements);
  const scales = robustPotentials(
    count,
    measurements.map((m) => ({ ...m, difference: [Math.log(m.frame1FromFrame2.scale)] })),
  ).map(([logarithm]) => Math.exp(logarithm!));
  const positions = robustPotentials(
    count,
    measurements.map((m) => {
      const turned = multiplyVector3(rotations[m.view1]!, m.frame1FromFrame2.translation);
      return { ...m, difference: scaleVector3(scales[m.view1]!, turned) };
    }),
  );
  return rotations.map((rotation, i) => {
    const [x, y, z] = positions[i] as [number, number, number];
    return { scale: scales[i]!, rotation, translation: [x, y, z] };
  });
}

/**
 * Rotation averaging from the maximum spanning tree, by differences of rotation vectors (Chatterjee and Govindu 2013).
 */
function averageRotations(count: number, measurements: readonly RelativeSimilarity[]): Matrix3[] {
  let rotations = rotationsAlongTree(count, measurements);
  for (let round = 0; round < ROTATION_ROUNDS; round++) {
    const turns = robustPotentials(
      count,
      measurements.map((m) => {
        const expected = multiply3(rotations[m.view1]!, m.frame1FromFrame2.rotation);
        return { ...m, difference: vectorFromRotation(multiply3(expected, transpose3(rotations[m.view2]!))) };
      }),
    );
    rotations = rotations.map((rotation, i) => multiply3(rotationFromVector(turns[i] as unknown as Vector3), rotation));
  }
  return rotations;
}

function rotationsAlongTree(count: number, measurements: readonly RelativeSimilarity[]): Matrix3[] {
  const treeAt = Array.from({ length: count }, (): RelativeSimilarity[] => []);
  for (const edge of maximumSpanningForest(count, measurements)) {
    treeAt[edge.view1]!.push(edge);
    treeAt[edge.view2]!.push(edge);
  }
  const rotations = new Map<number, Matrix3>([[0, [1, 0, 0, 0, 1, 0, 0, 0, 1]]]);
  // Iterating over a map visits what is added on the way: breadth first.
  for (const [node, rotation] of rotations) {
    for (const { view1, view2, frame1FromFrame2 } of treeAt[node]!) {
      if (view1 === node && !rotations.has(view2)) {
        rotations.set(view2, multiply3(rotation, frame1FromFrame2.rotation));
      }
      if (view2 === node && !rotations.has(view1)) {
        rotations.set(view1, multiply3(rotation, transpose3(frame1FromFrame2.rotation)));
      }
    }
  }
  return Array.from({ length: count }, (_, node) => rotations.get(node)!);
}
