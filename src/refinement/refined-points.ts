import type { Bundle } from "../adjustment/bundle.ts";
import { reprojectionErrors } from "../adjustment/reprojection-errors.ts";

/** Triangulated points and where photos show them, as columns: hundreds of photos show a million. */
export interface RefinedPoints {
  readonly count: number;
  /** `[count, 3]` */
  readonly positions: Float64Array;
  /** `[count + 1]`: which observations are a point's, from its own start to that of the next. */
  readonly starts: Uint32Array;
  /** `[m]`: the photo of each observation. */
  readonly photos: Uint32Array;
  /** `[m, 2]`: x and y, in original pixels. */
  readonly xy: Float64Array;
  /** `[m]`: reprojection errors, in pixels. */
  readonly errors: Float64Array;
}

/** One of them. */
export interface RefinedPoint {
  readonly position: readonly [x: number, y: number, z: number];
  readonly observations: readonly RefinedObservation[];
}

/** Where a photo shows a point. */
export interface RefinedObservation {
  readonly photo: number;
  readonly x: number;
  readonly y: number;
  /** Reprojection error, in pixels. */
  readonly error: number;
}

/** No points. */
export function noPoints(): RefinedPoints {
  return {
    count: 0,
    positions: new Float64Array(0),
    starts: new Uint32Array(1),
    photos: new Uint32Array(0),
    xy: new Float64Array(0),
    errors: new Float64Array(0),
  };
}

/** Those of a bundle whose photo k is photo `members[k]`, as far as two photos show them that count. */
export function pointsOfBundle(
  bundle: Bundle,
  members: readonly number[],
  counts: (photo: number) => boolean,
): RefinedPoints {
  const { photo, point, xy } = bundle.observations;
  const errors = reprojectionErrors(bundle);
  const observers = new Uint32Array(bundle.points.length / 3);
  const order: number[] = [];
  for (let k = 0; k < photo.length; k++) {
    if (!counts(members[photo[k]!]!)) continue;
    observers[point[k]!]!++;
    order.push(k);
  }
  const kept = order.filter((k) => observers[point[k]!]! >= 2).sort((a, b) => point[a]! - point[b]! || a - b);
  const starts = kept.flatMap((k, place) => (place === 0 || point[k] !== point[kept[place - 1]!] ? [place] : []));
  return {
    count: starts.length,
    positions: Float64Array.from(
      starts.flatMap((start) => {
        const first = 3 * point[kept[start]!]!;
        return [bundle.points[first]!, bundle.points[first + 1]!, bundle.points[first + 2]!];
      }),
    ),
    starts: Uint32Array.from([...starts, kept.length]),
    photos: Uint32Array.from(kept, (k) => members[photo[k]!]!),
    xy: Float64Array.from({ length: 2 * kept.length }, (_, i) => xy[2 * kept[i >> 1]! + (i % 2)]!),
    errors: Float64Array.from(kept, (k) => errors[k]!),
  };
}

/** The points one by one. */
export function* eachPoint({ count, positions, starts, photos, xy, errors }: RefinedPoints): Generator<RefinedPoint> {
  for (let i = 0; i < count; i++) {
    const observations: RefinedObservation[] = [];
    for (let k = starts[i]!; k < starts[i + 1]!; k++)
      observations.push({ photo: photos[k]!, x: xy[2 * k]!, y: xy[2 * k + 1]!, error: errors[k]! });
    yield { position: [positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!], observations };
  }
}
