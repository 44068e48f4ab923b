import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import { geometricError } from "./geometric-error.ts";
import { ownContrast } from "./own-contrast.ts";
import type { ScoredPlanes } from "./patch-match.ts";
import { removeSpeckles } from "./remove-speckles.ts";
import { parallaxAt, sourceFromReference } from "./source-from-reference.ts";
import type { StereoView } from "./stereo-view.ts";

/** A photo with its planes. */
export interface PlanedView {
  readonly view: PosedCamera;
  readonly planes: ScoredPlanes;
}

/** Largest distance in pixels between a pixel and where it comes back to from another photo. */
const MOST_PIXELS = 1;
/** Cost above which a window explains nothing of a source. */
const MOST_COST = 0.5;
/** As above for the mean over two sources, of which one may not see the pixel. */
const MOST_MEAN_COST = 0.75;
/** Pixels that a place would move if its depth changed by all of it: with less, a pixel of error is an eighth of the depth. */
const LEAST_PARALLAX = 8;

/**
 * By pixel of a photo: how many of the sources have the same point at their own depth, 0 where its window explains nothing,
 * its own surroundings show no contrast, or nothing but a speckle agrees.
 */
export function findAgreement(
  { view, planes }: PlanedView & { readonly view: StereoView },
  sources: readonly PlanedView[],
): Uint8Array {
  const { width, height, inverseDepth, costs } = planes;
  const agreeing = new Uint8Array(width * height);
  const shows = ownContrast(view.gray, view);
  const most = sources.length > 2 ? MOST_MEAN_COST : MOST_COST;
  for (const source of sources) {
    const trusted = { ...source.planes, inverseDepth: trustedDepth(source.planes) };
    const error = geometricError(view, source.view, trusted);
    const mapping = sourceFromReference(source.view, view);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const w = inverseDepth[i]!;
        if (!(w > 0 && costs[i]! <= most && shows[i] === 1)) continue;
        if (error.at(x, y, w) > MOST_PIXELS) continue;
        if (parallaxAt(mapping, x, y, w) * w < LEAST_PARALLAX) continue;
        agreeing[i]!++;
      }
    }
  }
  removeSpeckles(agreeing, planes);
  return agreeing;
}

function trustedDepth({ inverseDepth, costs }: ScoredPlanes): Float32Array {
  return inverseDepth.map((w, i) => (costs[i]! <= MOST_MEAN_COST ? w : 0));
}
