import { assert } from "../core/errors.ts";
import { selectRows } from "../core/select-rows.ts";
import type { Bundle } from "./bundle.ts";

/** The observations of a bundle in the order of its points. */
export interface ObservationsByPoint {
  /** `[points + 1]`: point i is seen by the observations from `starts[i]` to before `starts[i + 1]`. */
  readonly starts: Uint32Array;
  /** `[m]`, index among the bundle's observations. */
  readonly source: Uint32Array;
  /** `[m]` */
  readonly photo: Uint32Array;
  /** `[m, 2]` */
  readonly xy: Float64Array;
  /** `[m]`, 1 / pixel. */
  readonly inverseSigma: Float32Array;
  /** `[photos]`, index among the bundle's cameras. */
  readonly photoCameras: Uint32Array;
}

/** The observations of a bundle sorted by point, in their given order for each; the bundle's own columns, where these are sorted. */
export function observationsByPoint({ photos, cameras, points, observations }: Bundle): ObservationsByPoint {
  const count = observations.photo.length;
  const pointCount = points.length / 3;
  const starts = new Uint32Array(pointCount + 1);
  for (let k = 0; k < count; k++) {
    assert(observations.point[k]! < pointCount, "an observation is of a point of the bundle");
    assert(observations.photo[k]! < photos.length, "an observation is in a photo of the bundle");
    starts[observations.point[k]! + 1]!++;
  }
  for (let point = 0; point < pointCount; point++) starts[point + 1]! += starts[point]!;
  const { photo, point, xy, sigma } = observations;
  const isInOrder = point.every((index, k) => k === 0 || point[k - 1]! <= index);
  const source = new Uint32Array(count);
  const next = starts.slice(0, -1);
  for (let k = 0; k < count; k++) source[next[point[k]!]!++] = k;
  return {
    starts,
    source,
    photo: isInOrder ? photo : selectRows(photo, source),
    xy: isInOrder ? xy : selectRows(xy, source, 2),
    inverseSigma: Float32Array.from(source, (k) => 1 / (sigma?.[k] ?? 1)),
    photoCameras: Uint32Array.from(photos, ({ camera }) => {
      assert(camera < cameras.length, "a photo is of a camera of the bundle");
      return camera;
    }),
  };
}

/** The point of each of a photo's observations. */
export function pointsByPhoto({ starts, photo, photoCameras }: ObservationsByPoint): (photo: number) => Uint32Array {
  const ends = new Uint32Array(photoCameras.length + 1);
  for (const index of photo) ends[index + 1]!++;
  for (let index = 0; index < photoCameras.length; index++) ends[index + 1]! += ends[index]!;
  const points = new Uint32Array(photo.length);
  const next = ends.slice(0, -1);
  for (let point = 0; point < starts.length - 1; point++) {
    for (let k = starts[point]!; k < starts[point + 1]!; k++) points[next[photo[k]!]!++] = point;
  }
  return (index) => points.subarray(ends[index]!, ends[index + 1]!);
}

/** The most observations that a point has. */
export function longestTrack({ starts }: ObservationsByPoint): number {
  let longest = 0;
  for (let point = 0; point < starts.length - 1; point++)
    longest = Math.max(longest, starts[point + 1]! - starts[point]!);
  return longest;
}
