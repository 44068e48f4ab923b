import { align } from "../alignment/align.ts";
import { imagePlane } from "../core/image-plane.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { comparedPhoto } from "../refinement/compare-photos.ts";
import type { PosedPhoto } from "../refinement/posed-photo.ts";
import { type VerifiedPair, verifyPairs } from "../refinement/verify-pairs.ts";
import type { PhotoMatches } from "../tasks/match-views.ts";
import { posedPhotos, type RefineViewsOptions } from "./refine-views.ts";
import { sceneVerdict, type Verdict } from "./scene-verdict.ts";
import { streamed } from "./streamed.ts";

/** How features are matched. */
export interface MatchByFeaturesOptions extends Omit<RefineViewsOptions, "isPosed" | "store"> {
  /** Matches at pixels of less confidence are left out; all are given when left out. */
  readonly minConfidence?: number | undefined;
}

/**
 * Features of two photos that match and agree on how these lie to each other, the most confident first; none where they
 * agree no more than chance explains. The network's answer is among the hypotheses, and its confidences are those of the matches.
 */
export async function matchByFeatures(
  views: readonly [View, View],
  predictions: readonly PairPrediction[],
  { minConfidence = 0, ...options }: MatchByFeaturesOptions,
): Promise<PhotoMatches & Verdict> {
  const scene = await align(views.map(imagePlane), streamed(predictions));
  const photos = await posedPhotos(scene, views, { ...options, isPosed: () => false });
  const { seed, onProgress, signal } = options;
  const [pair] = await verifyPairs(photos.map(comparedPhoto), [[0, 1]], { seed, onProgress, signal });
  const images = scene.images.map((image) => ({ ...image, registered: pair !== undefined }));
  const { status, warnings } = sceneVerdict({ ...scene, images }, views);
  const matches = pair ? verifiedMatches(pair, photos, confidences(scene, views)) : [];
  const kept = matches.filter(({ confidence }) => confidence >= minConfidence);
  kept.sort((a, b) => b.confidence - a.confidence);
  return {
    pixels1: Float32Array.from(kept.flatMap(({ pixel1 }) => pixel1)),
    pixels2: Float32Array.from(kept.flatMap(({ pixel2 }) => pixel2)),
    confidence: Float32Array.from(kept, ({ confidence }) => confidence),
    status,
    warnings: [...warnings, ...doubtsOf(pair)],
  };
}

type Pixel = readonly [x: number, y: number];

interface FeatureMatch {
  readonly pixel1: Pixel;
  readonly pixel2: Pixel;
  readonly confidence: number;
}

function verifiedMatches(
  { matches }: VerifiedPair,
  photos: readonly PosedPhoto[],
  confidenceAt: readonly ((pixel: Pixel) => number)[],
): FeatureMatch[] {
  const pixelOf = (photo: number, feature: number): Pixel => {
    const { positions } = photos[photo]!.features;
    return [positions[2 * feature]!, positions[2 * feature + 1]!];
  };
  return Array.from({ length: matches.length / 2 }, (_, k) => {
    const [pixel1, pixel2] = [pixelOf(0, matches[2 * k]!), pixelOf(1, matches[2 * k + 1]!)];
    return { pixel1, pixel2, confidence: Math.sqrt(confidenceAt[0]!(pixel1) * confidenceAt[1]!(pixel2)) };
  });
}

/** By photo, the network's confidence at a pixel of the original, at least 1. */
function confidences({ images }: Scene, views: readonly View[]): ((pixel: Pixel) => number)[] {
  return images.map(({ width, height, confidence }, i) => {
    const { scaleX, scaleY, offsetX, offsetY } = views[i]!.originalFromNetwork;
    return ([x, y]) => {
      const column = Math.max(0, Math.min(width - 1, Math.round((x - offsetX) / scaleX)));
      const row = Math.max(0, Math.min(height - 1, Math.round((y - offsetY) / scaleY)));
      return Math.max(1, confidence[row * width + column]!);
    };
  });
}

function doubtsOf(pair: VerifiedPair | undefined): string[] {
  if (pair?.verdict === "ambiguous")
    return ["Other ways to match these features explain about as many of them: is there repeated structure?"];
  if (pair?.verdict === "rotation") return ["Both photos seem to be taken from one place."];
  return [];
}
