import type { Bundle } from "../adjustment/bundle.ts";
import type { PosedPhoto } from "./posed-photo.ts";

/** Gives the point that a feature of one of the bundle's photos shows, by its index; undefined where it shows none. */
export type PointOfFeature = (photo: number, feature: number) => number | undefined;

const NO_POINT = -1;

/** Which points of a bundle its photos' features show; `photos` are the bundle's, in its order. */
export function pointsOfFeatures(bundle: Bundle, photos: readonly PosedPhoto[]): PointOfFeature {
  const { photo, point, xy } = bundle.observations;
  const points = photos.map(({ features }) => new Int32Array(features.count).fill(NO_POINT));
  const featuresAt = photos.map(({ features }) => featuresByPlace(features.positions));
  for (let k = 0; k < photo.length; k++) {
    const own = points[photo[k]!]!;
    for (const feature of featuresAt[photo[k]!]!(xy[2 * k]!, xy[2 * k + 1]!)) own[feature] = point[k]!;
  }
  return (index, feature) => {
    const found = points[index]![feature]!;
    return found === NO_POINT ? undefined : found;
  };
}

/** Gives the features at exactly a place: one, or as many as it has orientations. */
function featuresByPlace(positions: Float32Array): (x: number, y: number) => readonly number[] {
  const order = Uint32Array.from({ length: positions.length / 2 }, (_, i) => i);
  order.sort((a, b) => positions[2 * a]! - positions[2 * b]!);
  return (x, y) => {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (positions[2 * order[middle]!]! < x) low = middle + 1;
      else high = middle;
    }
    const found: number[] = [];
    for (let i = low; i < order.length && positions[2 * order[i]!] === x; i++)
      if (positions[2 * order[i]! + 1] === y) found.push(order[i]!);
    return found;
  };
}
