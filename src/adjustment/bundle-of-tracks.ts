import type { Bundle } from "./bundle.ts";
import type { Tracks } from "./tracks.ts";

/**
 * A bundle with a point, nowhere yet, for each track: for `triangulate` to find.
 * @param keypoints by photo, `[features, 2]` (x, y) in original pixels
 */
export function bundleOfTracks(
  { starts, photos: photo, features }: Tracks,
  keypoints: readonly ArrayLike<number>[],
  { cameras, photos }: Pick<Bundle, "cameras" | "photos">,
): Bundle {
  const point = new Uint32Array(photo.length);
  for (let track = 0; track < starts.length - 1; track++) point.fill(track, starts[track]!, starts[track + 1]!);
  const xy = new Float64Array(2 * photo.length);
  for (let k = 0; k < photo.length; k++) {
    xy[2 * k] = keypoints[photo[k]!]![2 * features[k]!]!;
    xy[2 * k + 1] = keypoints[photo[k]!]![2 * features[k]! + 1]!;
  }
  const points = new Float64Array(3 * (starts.length - 1)).fill(Number.NaN);
  return { cameras, photos, points, observations: { photo, point, xy } };
}
