import type { Bundle } from "../adjustment/bundle.ts";
import { observationsByPoint } from "../adjustment/observations-by-point.ts";
import { reprojectionErrors } from "../adjustment/reprojection-errors.ts";
import { selectObservations } from "../adjustment/select-observations.ts";

/** Triangulated points and where photos show them, as columns: hundreds of photos show a million. */
export interface RefinedPoints {
  readonly count: number;
  /** `[count, 3]` */
  readonly positions: Float64Array;
  /** `[count + 1]`: which observations are a point's, from its own start to that of the next. */
  readonly starts: Uint32Array;
  /** `[m]`: the photo of each observation. */
  readonly photos: Uint32Array;
  /** `[m, 2]`: x and y, in original pixels, as the features have them. */
  readonly xy: Float32Array;
  /** `[m]`: reprojection errors, in pixels. */
  readonly errors: Float32Array;
}

/** No points. */
export function noPoints(): RefinedPoints {
  return {
    count: 0,
    positions: new Float64Array(0),
    starts: new Uint32Array(1),
    photos: new Uint32Array(0),
    xy: new Float32Array(0),
    errors: new Float32Array(0),
  };
}

/** Those of a bundle whose photo k is photo `members[k]`, as far as two photos show them that count. */
export function pointsOfBundle(
  bundle: Bundle,
  members: readonly number[],
  counts: (photo: number) => boolean,
): RefinedPoints {
  const kept = Uint8Array.from(bundle.observations.photo, (photo) => Number(counts(members[photo]!)));
  const { bundle: shown } = selectObservations(bundle, kept);
  const { starts, source, photo, xy } = observationsByPoint(shown);
  const errors = reprojectionErrors(shown);
  return {
    count: starts.length - 1,
    positions: shown.points,
    starts,
    photos: photo.map((k) => members[k]!),
    xy: Float32Array.from(xy),
    errors: Float32Array.from(source, (k) => errors[k]!),
  };
}
