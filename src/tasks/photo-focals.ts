import { type WeighedFocal, weighFocal } from "../alignment/likely-focal.ts";
import { pairScore } from "../alignment/pair-confidence.ts";
import { meanConfidence } from "../alignment/prediction-summary.ts";
import { InputError } from "../core/errors.ts";
import type { ImagePlane } from "../core/image-plane.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Size, View } from "../core/view.ts";
import { fieldOfView } from "../geometry/camera.ts";
import { estimateFocal, estimateSharedFocal, type OwnPointmap } from "../geometry/focal.ts";
import { pointmapInOwnFrame } from "../geometry/own-frame.ts";
import { stretchPointmap } from "../geometry/stretch-pointmap.ts";
import { confidenceWeights } from "./confidence-weights.ts";

/** A photo's focal length, in original pixels, as the network predicts it and its EXIF data name it. */
export interface PhotoFocal extends WeighedFocal {
  /** The angle in radians that the original photo spans horizontally. */
  readonly fovX: number;
}

/** What is known of the photos whose focal lengths are asked for. */
export interface PhotoFocalOptions {
  /**
   * All photos share one focal length, estimated from all of them together; they must be of one size, either way up.
   */
  readonly shared?: boolean | undefined;
  /** Set to take no notice of the focal lengths that EXIF data name. */
  readonly ignoreExif?: boolean | undefined;
}

/**
 * The focal length of every view, from the most confident prediction that has it as view 1: of the photo paired with
 * itself (monocular), or of a pair (binocular). A view that is only ever view 2 is first located by PnP. The focal length that
 * EXIF data name is a prior, unless the points clearly contradict it. Undefined for a view with neither. Throws an `InputError` where photos of different sizes are said to share
 * theirs.
 */
export function estimateFocals(
  views: readonly View[],
  predictions: readonly PairPrediction[],
  { shared = false, ignoreExif = false }: PhotoFocalOptions = {},
): readonly (PhotoFocal | undefined)[] {
  const byConfidence = predictions.toSorted((a, b) => pairScore(b) - pairScore(a));
  const own = views.map((view, i) => inOriginalUnits(ownPointmap(i, byConfidence), view));
  if (shared) checkSizes(views);
  const likely = views.map(({ exifFocal }) => (ignoreExif ? undefined : exifFocal));
  const together = shared ? weighed(own, likely) : undefined;
  return views.map(({ original }, i) => {
    const found = shared ? together : weighed([own[i]], [likely[i]]);
    return found && { ...found, fovX: fieldOfView(original.width, found.focal) };
  });
}

/** The one focal length of photos, by their points and by the median of what is likely of them. */
function weighed(
  pointmaps: readonly (PredictedPointmap | undefined)[],
  likely: readonly (number | undefined)[],
): WeighedFocal | undefined {
  const own = pointmaps.filter((pointmap) => pointmap !== undefined);
  const focals = likely.filter((focal) => focal !== undefined).sort((a, b) => a - b);
  const confidence = own.reduce((sum, pointmap) => sum + pointmap.meanConfidence, 0) / own.length;
  return weighFocal(focals[focals.length >> 1], {
    own: own.length > 0 ? estimateSharedFocal(own) : undefined,
    confidence: own.length > 0 ? confidence : 0,
  });
}

/** A pointmap of a view in its own frame, with the mean of its confidence. */
interface PredictedPointmap extends OwnPointmap {
  readonly meanConfidence: number;
}

/** The focal length in network pixels of a pointmap in its own camera's frame; undefined where it determines none. */
export function confidentFocal(pointmap: Float32Array, size: ImagePlane, confidence: Float32Array): number | undefined {
  return estimateFocal(pointmap, size, { confidence: confidenceWeights(confidence) });
}

/** The most confident prediction of a view, in the view's own frame. */
function ownPointmap(view: number, byConfidence: readonly PairPrediction[]): PredictedPointmap | undefined {
  const first = byConfidence.find(({ view1 }) => view1 === view);
  if (first !== undefined) {
    const { pointmap1, size1, confidence1 } = first;
    const confidence = confidenceWeights(confidence1);
    return { pointmap: pointmap1, size: size1, confidence, meanConfidence: meanConfidence(confidence1) };
  }
  const second = byConfidence.find(({ view2 }) => view2 === view);
  if (second === undefined) return undefined;
  const confidence = confidenceWeights(second.confidence2);
  const pointmap = pointmapInOwnFrame(second.pointmap2, second.size2, confidence);
  return pointmap && { pointmap, size: second.size2, confidence, meanConfidence: meanConfidence(second.confidence2) };
}

/** The points moved away along z, so that the focal length which explains their pixels is that in original pixels. */
function inOriginalUnits(own: PredictedPointmap | undefined, view: View): PredictedPointmap | undefined {
  if (own === undefined) return undefined;
  // The network's pixels may be square only nearly.
  const scale = Math.sqrt(view.originalFromNetwork.scaleX * view.originalFromNetwork.scaleY);
  return { ...own, pointmap: stretchPointmap(own.pointmap, scale) };
}

function checkSizes(views: readonly View[]): void {
  const sides = ({ width, height }: Size) => [Math.max(width, height), Math.min(width, height)].join("x");
  const other = views.find(({ original }) => sides(original) !== sides(views[0]!.original));
  if (other === undefined) return;
  throw new InputError(
    `${views[0]!.name} is ${sides(views[0]!.original)} and ${other.name} ${sides(other.original)} pixels: ` +
      "only photos of one size share a focal length in pixels",
  );
}
