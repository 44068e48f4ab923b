import type { Intrinsics } from "../../core/camera.ts";
import { connectedComponents } from "../../core/connected-components.ts";
import { estimateFocalOfPixels } from "../../geometry/focal.ts";
import type { AlignPriors } from "../align-options.ts";
import { CONFIDENT } from "../likely-focal.ts";
import { type ImageSummary, meanConfidence } from "../prediction-summary.ts";
import type { Level, WeightedPair } from "./observation.ts";

/**
 * Standard deviation of the logarithm of the ratio of the focal lengths that the network predicts for two photos of one
 * camera.
 */
const USUAL_SPREAD = 0.1;
/** Standard deviations beyond which two photos are not of one camera. */
const CONTRADICTION = 3;

/**
 * Which images share a camera, by image: the number of the first image of each camera. Images with known intrinsics
 * share it with those that have the same. Where the cameras are a guess, images are separated whose points give
 * different focal lengths: differences are relative to the spread among the pairs of one image.
 */
export function sharedCameras(
  images: readonly ImageSummary[],
  pairs: readonly WeightedPair[],
  level: Level,
  { cameras = [...images.keys()], camerasAreGuessed = false, intrinsics }: AlignPriors,
): readonly number[] {
  const evidence = camerasAreGuessed ? images.map((image, i) => focalEvidence(image, i, pairs, level)) : [];
  const edges = images.flatMap((_, i) =>
    images.slice(0, i).flatMap((_, j) => {
      const sameCamera = cameras[i] === cameras[j] && haveSame(intrinsics?.[i], intrinsics?.[j]);
      return sameCamera && !contradict(evidence[i], evidence[j]) ? [[i, j] as const] : [];
    }),
  );
  const first = new Int32Array(images.length);
  for (const group of connectedComponents(images.length, edges)) for (const image of group) first[image] = group[0]!;
  return [...first];
}

/** Mean and deviation of the logarithm of an image's focal length among its pairs. */
interface FocalEvidence {
  readonly mean: number;
  readonly deviation: number;
}

/** Undefined where the pairs are not confident of the image. */
function focalEvidence(
  image: ImageSummary,
  index: number,
  pairs: readonly WeightedPair[],
  level: Level,
): FocalEvidence | undefined {
  if (meanConfidence(image.confidence) < CONFIDENT) return undefined;
  const { pixels, observations } = level[index]!;
  const focals = observations.flatMap(({ edge, points, weights }) => {
    if (pairs[edge]!.view1 !== index) return [];
    const focal = estimateFocalOfPixels({ pixels, points, weights, image: image.size });
    return focal === undefined ? [] : [Math.log(focal)];
  });
  if (focals.length === 0) return undefined;
  const mean = focals.reduce((sum, focal) => sum + focal, 0) / focals.length;
  const variance = focals.reduce((sum, focal) => sum + (focal - mean) ** 2, 0) / focals.length;
  return { mean, deviation: Math.max(USUAL_SPREAD, Math.sqrt(variance)) };
}

function contradict(a: FocalEvidence | undefined, b: FocalEvidence | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return Math.abs(a.mean - b.mean) > CONTRADICTION * Math.hypot(a.deviation, b.deviation);
}

function haveSame(a: Intrinsics | undefined, b: Intrinsics | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.fx === b.fx && a.fy === b.fy && a.cx === b.cx && a.cy === b.cy;
}
