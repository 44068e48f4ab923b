import { type Points, transformPoints } from "../../geometry/pose.ts";
import { similarityMatrix } from "../../geometry/similarity.ts";
import { type CameraRays, cameraRays } from "./camera-rays.ts";
import type { Level } from "./observation.ts";
import type { World, WorldCamera } from "./world.ts";

/** How well what pairs say fits a world. Distances are shares of the distance from the camera. */
export interface Agreement {
  /** Weighted median distance between what is said of a pixel and its point in the world. */
  readonly residual: number;
  /** Weighted share of the pixels with a distance below `INLIER_DISTANCE`. */
  readonly inlierShare: number;
}

/** Points that are off by more than this share of their distance from the camera do not count as agreeing. */
const INLIER_DISTANCE = 0.1;

/** Agreement by image, and by pair: there the worse of its two images. */
export interface Agreements {
  readonly images: readonly Agreement[];
  readonly pairs: readonly Agreement[];
}

/** How well the pairs fit a world with these depths (by image, `[pixels]`). */
export function measureAgreement(world: World, level: Level, depths: readonly Float64Array[]): Agreements {
  const pairs: Agreement[] = world.edges.map(() => ({ residual: 0, inlierShare: 1 }));
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
      const agreement = summarize(residuals.subarray(from, from + count), weights.subarray(from, from + count));
      const worst = pairs[edge]!;
      pairs[edge] = {
        residual: Math.max(worst.residual, agreement.residual),
        inlierShare: Math.min(worst.inlierShare, agreement.inlierShare),
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
  depths: Float64Array,
): Float64Array {
  const [cx, cy, cz] = center;
  return depths.map((depth, k) => {
    const range = depth / depthPerRange[k]!;
    const x = cx + range * directions[3 * k]! - points[3 * k]!;
    const y = cy + range * directions[3 * k + 1]! - points[3 * k + 1]!;
    const z = cz + range * directions[3 * k + 2]! - points[3 * k + 2]!;
    return range > 0 ? Math.sqrt(x * x + y * y + z * z) / range : Number.POSITIVE_INFINITY;
  });
}

function summarize(residuals: Float64Array, weights: Float64Array): Agreement {
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
