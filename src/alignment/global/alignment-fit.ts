import type { AlignmentFit } from "../../core/scene.ts";
import { type Points, transformPoints } from "../../geometry/pose.ts";
import { similarityMatrix } from "../../geometry/similarity.ts";
import { type CameraRays, cameraRays } from "./camera-rays.ts";
import type { Level } from "./observation.ts";
import type { World, WorldCamera } from "./world.ts";

/** Points that are off by more than this share of their distance from the camera are no inliers. */
const INLIER_DISTANCE = 0.1;

/** The fit by image, and by pair: there that of the worse of its two images. */
export interface AlignmentFits {
  readonly images: readonly AlignmentFit[];
  readonly pairs: readonly AlignmentFit[];
}

/** How well the pairs fit a world with these depths (by image, `[pixels]`). */
export function measureFit(world: World, level: Level, depths: readonly Float32Array[]): AlignmentFits {
  const pairs: AlignmentFit[] = world.edges.map(() => ({ residual: 0, inlierShare: 1 }));
  const images = level.map(({ pixels, observations }, i) => {
    const count = pixels.length / 2;
    const residuals = new Float64Array(count * observations.length);
    const weights = new Float64Array(residuals.length);
    const rays = cameraRays(world.cameras[i]!, pixels);
    observations.forEach(({ edge, points, weights: own }, row) => {
      const inWorld = transformPoints(similarityMatrix(world.edges[edge]!), points);
      const from = row * count;
      residuals.set(residualsOf(inWorld, world.cameras[i]!, rays, depths[i]!), from);
      weights.set(own, from);
      const fit = summarize(residuals.subarray(from, from + count), weights.subarray(from, from + count));
      const worst = pairs[edge]!;
      pairs[edge] = {
        residual: Math.max(worst.residual, fit.residual),
        inlierShare: Math.min(worst.inlierShare, fit.inlierShare),
      };
    });
    return summarize(residuals, weights);
  });
  return { images, pairs };
}

/** Distances of points `[n, 3]` from those that a camera sees, as shares of the distance from it; infinite without. */
function residualsOf(
  points: Points,
  { center }: WorldCamera,
  { directions, depthPerRange }: CameraRays,
  depths: Float32Array,
): Float64Array {
  const [cx, cy, cz] = center;
  return Float64Array.from(depths, (depth, k) => {
    const range = depth / depthPerRange[k]!;
    const x = cx + range * directions[3 * k]! - points[3 * k]!;
    const y = cy + range * directions[3 * k + 1]! - points[3 * k + 1]!;
    const z = cz + range * directions[3 * k + 2]! - points[3 * k + 2]!;
    return range > 0 ? Math.sqrt(x * x + y * y + z * z) / range : Number.POSITIVE_INFINITY;
  });
}

function summarize(residuals: Float64Array, weights: Float64Array): AlignmentFit {
  const order = Uint32Array.from(residuals.keys()).sort((a, b) => residuals[a]! - residuals[b]!);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let below = 0;
  let residual = 0;
  let inliers = 0;
  for (const k of order) {
    if (below < total / 2) residual = residuals[k]!;
    if (residuals[k]! < INLIER_DISTANCE) inliers += weights[k]!;
    below += weights[k]!;
  }
  return { residual, inlierShare: total > 0 ? inliers / total : 0 };
}
