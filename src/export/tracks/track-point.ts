import type { TrackPoint } from "../../core/track-points.ts";
import type { Vector3 } from "../../geometry/mat3.ts";
import type { Track } from "./grow-tracks.ts";
import type { PosedDepth } from "./posed-depth.ts";

/**
 * The point of a track. Observations further than `radius` network pixels from where the mean point projects are taken
 * out and the mean is made anew; undefined where fewer than two remain.
 */
export function trackPoint(
  track: Track,
  photos: readonly (PosedDepth | undefined)[],
  radius: number,
): TrackPoint | undefined {
  const rough = meanPoint(track, photos);
  const agreeing = new Map(
    [...track].filter(([image, { x, y }]) => {
      return reprojectionError(rough, photos[image]!, x, y) <= radius;
    }),
  );
  if (agreeing.size < 2) return undefined;
  const point = agreeing.size === track.size ? rough : meanPoint(agreeing, photos);
  const observations = Array.from(agreeing, ([image, { pixel, x, y }]) => {
    return { image, pixel, x, y, error: reprojectionError(point, photos[image]!, x, y) };
  });
  return { point, observations };
}

function reprojectionError(point: Vector3, photo: PosedDepth, x: number, y: number): number {
  const projection = photo.project(photo.toCamera(point));
  return projection === undefined ? Infinity : Math.hypot(projection[0] - x, projection[1] - y);
}

function meanPoint(track: Track, photos: readonly (PosedDepth | undefined)[]): Vector3 {
  const sum = [0, 0, 0];
  let weights = 0;
  for (const [image, { pixel, point }] of track) {
    const weight = photos[image]!.image.confidence[pixel]!;
    weights += weight;
    for (let k = 0; k < 3; k++) sum[k]! += weight * point[k]!;
  }
  return [sum[0]! / weights, sum[1]! / weights, sum[2]! / weights];
}
