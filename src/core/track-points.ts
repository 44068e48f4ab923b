import { assert } from "./errors.ts";
import { selectRows } from "./select-rows.ts";

/** Points of a scene that photos agree on, and where these show them, as columns: a thousand photos show a million. */
export interface TrackPoints {
  readonly count: number;
  /** `[count, 3]`, in the world. */
  readonly positions: Float64Array;
  /** `[count + 1]`: which observations are a point's, from its own start to that of the next; two or more. */
  readonly starts: Uint32Array;
  /** `[m]`: the photo of each observation, by index; another for each of a point's. */
  readonly images: Uint32Array;
  /** `[m]`: the nearest pixel, as an index into the photo. */
  readonly pixels: Uint32Array;
  /** `[m, 2]`: x and y, in network pixels. */
  readonly xy: Float64Array;
  /** `[m]`: network pixels between there and where the point projects. */
  readonly errors: Float64Array;
}

/** One of them. */
export interface TrackPoint {
  readonly point: readonly [x: number, y: number, z: number];
  readonly observations: readonly TrackObservation[];
}

/** Where a photo shows a point. */
export interface TrackObservation {
  readonly image: number;
  readonly pixel: number;
  readonly x: number;
  readonly y: number;
  readonly error: number;
}

/** What one photo shows of them. */
export interface ShownPoints {
  /** `[n]`: which points. */
  readonly points: Uint32Array;
  /** `[n]`: by which observations. */
  readonly observations: Uint32Array;
}

/** Points as columns. */
export function trackPointsOf(points: readonly TrackPoint[]): TrackPoints {
  const seen = points.flatMap(({ observations }) => observations);
  const starts = new Uint32Array(points.length + 1);
  for (const [i, { observations }] of points.entries()) starts[i + 1] = starts[i]! + observations.length;
  return {
    count: points.length,
    positions: Float64Array.from(points.flatMap(({ point }) => point)),
    starts,
    images: Uint32Array.from(seen, ({ image }) => image),
    pixels: Uint32Array.from(seen, ({ pixel }) => pixel),
    xy: Float64Array.from(seen.flatMap(({ x, y }) => [x, y])),
    errors: Float64Array.from(seen, ({ error }) => error),
  };
}

/** Those that two or more of the photos that count show, without where others do. */
export function trackPointsIn(points: TrackPoints, counts: (image: number) => boolean): TrackPoints {
  const { count, positions, starts, images, pixels, xy, errors } = points;
  const kept: number[] = [];
  const observations: number[] = [];
  const ends = [0];
  for (let i = 0; i < count; i++) {
    for (let k = starts[i]!; k < starts[i + 1]!; k++) if (counts(images[k]!)) observations.push(k);
    if (observations.length < ends.at(-1)! + 2) observations.length = ends.at(-1)!;
    else {
      kept.push(i);
      ends.push(observations.length);
    }
  }
  if (observations.length === images.length) return points;
  return {
    count: kept.length,
    positions: selectRows(positions, kept, 3),
    starts: Uint32Array.from(ends),
    images: selectRows(images, observations),
    pixels: selectRows(pixels, observations),
    xy: selectRows(xy, observations, 2),
    errors: selectRows(errors, observations),
  };
}

/** The points of both, in their order. */
export function joinedTrackPoints(a: TrackPoints, b: TrackPoints): TrackPoints {
  const starts = new Uint32Array(a.count + b.count + 1);
  starts.set(a.starts);
  starts.set(
    b.starts.map((start) => a.images.length + start),
    a.count,
  );
  const joined = <T extends Float64Array | Uint32Array>(first: T, second: T): T => {
    const both = new (first.constructor as new (length: number) => T)(first.length + second.length);
    both.set(first);
    both.set(second, first.length);
    return both;
  };
  return {
    count: a.count + b.count,
    positions: joined(a.positions, b.positions),
    starts,
    images: joined(a.images, b.images),
    pixels: joined(a.pixels, b.pixels),
    xy: joined(a.xy, b.xy),
    errors: joined(a.errors, b.errors),
  };
}

/** What each of so many photos shows of points, in their order. */
export function shownPoints(
  { count, starts, images }: Pick<TrackPoints, "count" | "starts" | "images">,
  photos: number,
): (image: number) => ShownPoints {
  const ends = new Uint32Array(photos + 1);
  for (const image of images) {
    assert(image < photos, "an observation is in a photo of the scene");
    ends[image + 1]!++;
  }
  for (let image = 0; image < photos; image++) ends[image + 1]! += ends[image]!;
  const next = ends.slice(0, -1);
  const points = new Uint32Array(images.length);
  const observations = new Uint32Array(images.length);
  for (let i = 0; i < count; i++) {
    for (let k = starts[i]!; k < starts[i + 1]!; k++) {
      const at = next[images[k]!]!++;
      points[at] = i;
      observations[at] = k;
    }
  }
  return (image) => {
    const [from, to] = [ends[image]!, ends[image + 1]!];
    return { points: points.subarray(from, to), observations: observations.subarray(from, to) };
  };
}
