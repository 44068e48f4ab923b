import type { Bundle } from "../adjustment/bundle.ts";
import type { PosedPhoto } from "./posed-photo.ts";

/** Gives the point that a feature of one of the bundle's photos shows, by its index; undefined where it shows none. */
export type PointOfFeature = (photo: number, feature: number) => number | undefined;

/** Which points of a bundle its photos' features show; `photos` are the bundle's, in its order. */
export function pointsOfFeatures(bundle: Bundle, photos: readonly PosedPhoto[]): PointOfFeature {
  const { photo, point, xy } = bundle.observations;
  const keyOf = (index: number, x: number, y: number) => `${index} ${x} ${y}`;
  const pointAt = new Map<string, number>();
  for (let k = 0; k < photo.length; k++) pointAt.set(keyOf(photo[k]!, xy[2 * k]!, xy[2 * k + 1]!), point[k]!);
  return (index, feature) => {
    const { positions } = photos[index]!.features;
    return pointAt.get(keyOf(index, positions[2 * feature]!, positions[2 * feature + 1]!));
  };
}
