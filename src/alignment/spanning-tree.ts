import type { Pose } from "../core/camera.ts";
import { InputError } from "../core/errors.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import { invertRigid, rigidPose } from "../geometry/pose.ts";
import { registerPoints } from "../geometry/register-points.ts";
import { composeSimilarities, IDENTITY_SIMILARITY, moveCamera, type Similarity } from "../geometry/similarity.ts";
import type { AlignOptions } from "./align-options.ts";
import { locateCamera } from "./locate-camera.ts";
import type { ImageSummary, PredictionSummary, TreeEdge } from "./prediction-summary.ts";
import { depthOfPoints, estimatedIntrinsics, type ImageEstimate } from "./scene-images.ts";
import { treesOf } from "./spanning-forest.ts";

/**
 * Many photos along the maximum spanning tree of their pairs: each pair is aligned to what is already placed. Of groups
 * that share no pair the largest becomes the scene (of equals, the one with the strongest pair) and the others are left
 * out; so is an image, with all behind it, whose points fix no similarity or no camera.
 */
export function alignSpanningTree({ forest, images }: PredictionSummary, options: AlignOptions = {}): ImageEstimate[] {
  const strongest = (tree: readonly TreeEdge[]) => Math.max(...tree.map((edge) => edge.weight));
  const [tree] = treesOf(forest).sort((a, b) => b.length - a.length || strongest(b) - strongest(a));
  if (tree === undefined) throw new InputError("no pair connects two images: there is nothing to align");
  const placed = placeAlongTree(tree);
  return images.map((image, i): ImageEstimate => {
    options.signal?.throwIfAborted();
    const points = placed.get(i);
    const located = points && locateInWorld(image, points, options);
    const { size, confidence } = image;
    const intrinsics = estimatedIntrinsics(size, located?.focal ?? image.focal);
    if (points === undefined || located === undefined) return { size, intrinsics, confidence, placement: undefined };
    const { worldFromCam } = located;
    const depth = depthOfPoints(points.pointmap, points.worldFromPoints, worldFromCam);
    return { size, intrinsics, confidence, placement: { component: 0, worldFromCam, depth } };
  });
}

interface WorldCamera {
  readonly worldFromCam: Pose;
  readonly focal: number | undefined;
}

/** The camera that a pair has given, or that PnP finds. */
function locateInWorld(image: ImageSummary, points: PlacedPoints, options: AlignOptions): WorldCamera | undefined {
  const { pointmap, worldFromPoints, worldFromCam } = points;
  if (worldFromCam !== undefined) return { worldFromCam, focal: image.focal };
  const located = locateCamera({ ...image, pointmap }, options);
  if (located === undefined) return undefined;
  return { worldFromCam: moveCamera(worldFromPoints, invertRigid(located.camFromPoints)), focal: located.focal };
}

/** One image's points in the world, and its camera where a pair with the image as view 1 has given it. */
interface PlacedPoints {
  readonly pointmap: Float32Array;
  readonly worldFromPoints: Similarity;
  readonly worldFromCam: Pose | undefined;
}

/** By image. The strongest pair is the world, the others join where they share an image with what is placed. */
function placeAlongTree(tree: readonly TreeEdge[]): Map<number, PlacedPoints> {
  const placed = new Map<number, PlacedPoints>();
  const waiting = tree.toSorted((a, b) => b.weight - a.weight);
  for (;;) {
    const next = waiting.findIndex(({ view1, view2 }) => placed.size === 0 || placed.has(view1) || placed.has(view2));
    const [edge] = next < 0 ? [] : waiting.splice(next, 1);
    if (edge === undefined) return placed;
    const { view1, view2, prediction } = edge;
    const worldFromPair = placePair(prediction, placed.get(view1), placed.get(view2));
    if (worldFromPair === undefined) continue;
    const known1 = placed.get(view1);
    placed.set(view1, {
      pointmap: known1?.pointmap ?? prediction.pointmap1,
      worldFromPoints: known1?.worldFromPoints ?? worldFromPair,
      worldFromCam: known1?.worldFromCam ?? rigidPose(worldFromPair.rotation, worldFromPair.translation),
    });
    const points2 = { pointmap: prediction.pointmap2, worldFromPoints: worldFromPair, worldFromCam: undefined };
    if (!placed.has(view2)) placed.set(view2, points2);
  }
}

/** Where a pair's frame lies in the world, by Procrustes on the image that is already placed. */
function placePair(
  pair: PairPrediction,
  placed1: PlacedPoints | undefined,
  placed2: PlacedPoints | undefined,
): Similarity | undefined {
  const placed = placed1 ?? placed2;
  if (placed === undefined) return IDENTITY_SIMILARITY;
  const registration = placed1
    ? registerPoints(pair.pointmap1, placed.pointmap, pair.confidence1)
    : registerPoints(pair.pointmap2, placed.pointmap, pair.confidence2);
  if (registration.status === "failed") return undefined;
  return composeSimilarities(placed.worldFromPoints, registration.targetFromSource);
}
