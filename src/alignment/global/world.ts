import type { Intrinsics, Pose } from "../../core/camera.ts";
import { addScaled, type Matrix3, multiply3, type Vector3 } from "../../geometry/mat3.ts";
import { rigidPose, rotationOf, translationOf } from "../../geometry/pose.ts";
import { rotationFromVector } from "../../geometry/rotation.ts";
import { composeSimilarities, moveCamera, type Similarity } from "../../geometry/similarity.ts";

/** A posed camera: its rotation (`worldFromCam`), its center in the world and its intrinsics. */
export interface WorldCamera {
  readonly rotation: Matrix3;
  readonly center: Vector3;
  readonly intrinsics: Intrinsics;
}

/** The unknowns of global alignment but for the depths, which follow from them. */
export interface World {
  /** By image. */
  readonly cameras: readonly WorldCamera[];
  /** By pair, `worldFromEdge`. */
  readonly edges: readonly Similarity[];
}

/** A camera at a pose. */
export function cameraAt(worldFromCam: Pose, intrinsics: Intrinsics): WorldCamera {
  return { rotation: rotationOf(worldFromCam), center: translationOf(worldFromCam), intrinsics };
}

/** The pose of a camera, `worldFromCam`. */
export function poseOf({ rotation, center }: WorldCamera): Pose {
  return rigidPose(rotation, center);
}

/** A world seen from another frame and in another unit. Depths grow by the similarity's scale. */
export function transformWorld(aFromB: Similarity, { cameras, edges }: World): World {
  return {
    cameras: cameras.map((camera) => cameraAt(moveCamera(aFromB, poseOf(camera)), camera.intrinsics)),
    edges: edges.map((edge) => composeSimilarities(aFromB, edge)),
  };
}

/** Parameters of a change of a camera: center (3), rotation vector (3), logarithm of the focal length, principal point (2). */
export const WORLD_CAMERA_DOF = 9;
/** Where among them the logarithm of the focal length is. */
export const FOCAL = 6;
/** Parameters of a change of an edge: translation (3), rotation vector (3), logarithm of the scale. */
export const WORLD_EDGE_DOF = 7;

/** Where an image's parameters begin in a change of a world. */
export function cameraOffset(image: number): number {
  return WORLD_CAMERA_DOF * image;
}

/** Where a pair's parameters begin in a change of a world of `images` images. */
export function edgeOffset(images: number, edge: number): number {
  return WORLD_CAMERA_DOF * images + WORLD_EDGE_DOF * edge;
}

/**
 * The world after a change `[9 images + 7 edges]`. Rotations are about the camera's center and the origin of the edge's
 * frame. A change that makes a focal length or a scale more than e times as large or small is shortened, as a whole:
 * what its parts have in common stays.
 */
export function moveWorld({ cameras, edges }: World, change: Float64Array): World {
  let largest = 1;
  for (const i of cameras.keys()) largest = Math.max(largest, Math.abs(change[cameraOffset(i) + 6]!));
  for (const e of edges.keys()) largest = Math.max(largest, Math.abs(change[edgeOffset(cameras.length, e) + 6]!));
  const step = change.map((value) => value / largest);
  return {
    cameras: cameras.map((camera, i) => moveWorldCamera(camera, step.subarray(cameraOffset(i)))),
    edges: edges.map((edge, e) => moveEdge(edge, step.subarray(edgeOffset(cameras.length, e)))),
  };
}

function moveWorldCamera({ rotation, center, intrinsics }: WorldCamera, change: Float64Array): WorldCamera {
  const [x, y, z, a, b, c, logFocal, px, py] = change as unknown as number[];
  const { fx, fy, cx, cy } = intrinsics;
  const factor = Math.exp(logFocal!);
  return {
    rotation: multiply3(rotationFromVector([a!, b!, c!]), rotation),
    center: addScaled(center, 1, [x!, y!, z!]),
    intrinsics: { fx: fx * factor, fy: fy * factor, cx: cx + px!, cy: cy + py! },
  };
}

function moveEdge({ scale, rotation, translation }: Similarity, change: Float64Array): Similarity {
  const [x, y, z, a, b, c, logScale] = change as unknown as number[];
  return {
    scale: scale * Math.exp(logScale!),
    rotation: multiply3(rotationFromVector([a!, b!, c!]), rotation),
    translation: addScaled(translation, 1, [x!, y!, z!]),
  };
}
