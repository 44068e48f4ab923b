import type { SceneImage } from "../../core/scene.ts";
import { isBeyondChance } from "../../geometry/robust/beyond-chance.ts";
import { matchPoint, observationAt } from "./match-point.ts";
import { PosedDepth } from "./posed-depth.ts";
import { matchRadius } from "./scene-tracks.ts";

/** Sampled pixels of a photo, evenly spread: more would take longer and give the same. */
const PLACES = 500;
/** Network pixels between two samples: closer ones would be redundant. */
const LEAST_STEP = 4;
/** Three points fix the similarity between two photos. */
const SAMPLE_SIZE = 3;
/**
 * The inlier ratio of `shareSurface` where photos show different places: below it for 22 of 23 pairs of different
 * places among the photos of `shared/data` and the network `small`, above it for 37 of 39 pairs of one place.
 */
const BY_CHANCE = 0.07;

/**
 * True where two posed photos have more points in common than chance explains, even after alignment: the mutual nearest
 * neighbors among the samples of both, against the samples of the photo of which the other sees less.
 */
export function shareSurface(image1: SceneImage, image2: SceneImage): boolean {
  const radius = matchRadius([image1, image2]);
  // No confidence threshold is known here: all pixels count.
  const [photo1, photo2] = [new PosedDepth(image1, 0), new PosedDepth(image2, 0)];
  const [forward, backward] = [meetings(photo1, photo2, radius), meetings(photo2, photo1, radius)];
  const count = Math.min(forward.count, backward.count);
  const inliers = Math.min(forward.met + backward.met, count);
  if (count <= SAMPLE_SIZE) return false;
  return isBeyondChance({ count, inliers, sampleSize: SAMPLE_SIZE, byChance: BY_CHANCE, hypotheses: count });
}

interface Meetings {
  /** Samples that project into the other photo, where it has a depth. */
  readonly count: number;
  /** Those with a mutual nearest neighbor in it. */
  readonly met: number;
}

function meetings(from: PosedDepth, to: PosedDepth, radius: number): Meetings {
  const { width, height } = from.image;
  const step = Math.max(LEAST_STEP, Math.ceil(Math.sqrt((width * height) / PLACES)));
  let count = 0;
  let met = 0;
  for (let y = step >> 1; y < height; y += step) {
    for (let x = step >> 1; x < width; x += step) {
      const pixel = y * width + x;
      if (!(from.depthAt(pixel) > 0)) continue;
      const seen = observationAt(from, pixel);
      if (!hasDepthAt(to, to.project(to.toCamera(seen.point)))) continue;
      count++;
      if (matchPoint(from, seen, to, radius) !== undefined) met++;
    }
  }
  return { count, met };
}

function hasDepthAt(photo: PosedDepth, place: readonly [x: number, y: number] | undefined): boolean {
  if (place === undefined) return false;
  const [x, y] = place.map(Math.round) as [number, number];
  const { width, height } = photo.image;
  return x >= 0 && y >= 0 && x < width && y < height && photo.depthAt(y * width + x) > 0;
}
