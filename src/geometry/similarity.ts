import type { Pose } from "../core/camera.ts";
import {
  addScaled,
  IDENTITY3,
  type Matrix3,
  multiply3,
  multiplyVector3,
  scale3,
  scaleVector3,
  transpose3,
  type Vector3,
} from "./mat3.ts";
import { type Matrix4, rigidPose, rotationOf, translationOf } from "./pose.ts";

/** A similarity transform of space, x ↦ s R x + t, with s > 0. Variables are named `aFromB`, as poses are. */
export interface Similarity {
  readonly scale: number;
  readonly rotation: Matrix3;
  readonly translation: Vector3;
}

/** The similarity that moves nothing. */
export const IDENTITY_SIMILARITY: Similarity = { scale: 1, rotation: IDENTITY3, translation: [0, 0, 0] };

/** `aFromC` of `aFromB` and `bFromC`. */
export function composeSimilarities(aFromB: Similarity, bFromC: Similarity): Similarity {
  const turned = multiplyVector3(aFromB.rotation, bFromC.translation);
  return {
    scale: aFromB.scale * bFromC.scale,
    rotation: multiply3(aFromB.rotation, bFromC.rotation),
    translation: addScaled(aFromB.translation, aFromB.scale, turned),
  };
}

/** `bFromA` of `aFromB`. */
export function invertSimilarity(aFromB: Similarity): Similarity {
  const scale = 1 / aFromB.scale;
  const rotation = transpose3(aFromB.rotation);
  return { scale, rotation, translation: scaleVector3(-scale, multiplyVector3(rotation, aFromB.translation)) };
}

/** The 4×4 matrix of a similarity, for `transformPoints`. */
export function similarityMatrix({ scale, rotation, translation }: Similarity): Matrix4 {
  return rigidPose(scale3(scale, rotation), translation);
}

/** Where a similarity of the world takes a camera: the rigid `aFromCam` of `bFromCam`. */
export function moveCamera(aFromB: Similarity, bFromCam: Pose): Pose {
  const camera = { scale: 1, rotation: rotationOf(bFromCam), translation: translationOf(bFromCam) };
  const { rotation, translation } = composeSimilarities(aFromB, camera);
  return rigidPose(rotation, translation);
}
