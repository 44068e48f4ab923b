import type { TrackPoints } from "../../core/track-points.ts";
import type { TrackSummary } from "../../core/track-summary.ts";
import type { View } from "../../core/view.ts";

/** Fewer shared points than this connect no photos; COLMAP asks for as many. */
const FEWEST_SHARED = 15;

/** Sums up the tracks of a scene by photo. */
export function summarizeTracks(tracks: TrackPoints, views: readonly View[]): TrackSummary {
  const count = views.length;
  const errors = views.map((): number[] => []);
  const shared = new Uint32Array(count * count);
  for (let i = 0; i < tracks.count; i++) {
    const [from, to] = [tracks.starts[i]!, tracks.starts[i + 1]!];
    for (let k = from; k < to; k++) {
      const image = tracks.images[k]!;
      errors[image]!.push(tracks.errors[k]! * originalScale(views[image]!));
      for (let other = from; other < to; other++) shared[image * count + tracks.images[other]!]!++;
    }
  }
  return {
    points: tracks.count,
    images: views.map((_, i) => {
      const points = shared[i * count + i]!;
      const others = shared.subarray(i * count, (i + 1) * count).filter((both, j) => j !== i && both >= FEWEST_SHARED);
      const own = errors[i]!.sort((a, b) => a - b);
      return {
        points,
        connections: others.length,
        reprojectionError: points > 0 ? own.reduce((sum, error) => sum + error, 0) / points : null,
        medianError: own[own.length >> 1] ?? null,
      };
    }),
    sharedPoints: (image1, image2) => shared[image1 * count + image2]!,
  };
}

/** Pixels of the original to one of the network. */
export function originalScale({ originalFromNetwork: { scaleX, scaleY } }: Pick<View, "originalFromNetwork">): number {
  return Math.sqrt(scaleX * scaleY);
}
