import { transformPoints } from "../../geometry/pose.ts";
import { similarityMatrix } from "../../geometry/similarity.ts";
import { cameraRays } from "./camera-rays.ts";
import type { Level } from "./observation.ts";
import type { World } from "./world.ts";

/** How well what pairs say fits a world. Distances are shares of the distance from the camera. */
export interface Agreement {
  /** Weighted median distance between what is said of a pixel and its point in the world. */
  readonly residual: number;
  /** Weighted share of the pixels with a distance below `INLIER_DISTANCE`. */
  readonly inlierShare: number;
}

/** Points that are off by more than this share of their distance from the camera do not count as agreeing. */
export const INLIER_DISTANCE = 0.1;

/** Agreement by image, and by pair: there the worse of its two images. */
export interface Agreements {
  readonly images: readonly Agreement[];
  readonly pairs: readonly Agreement[];
}

/** How well the pairs fit a world with these depths (by image, `[pixels]`). */
export function measureAgreement(world: World, level: Level, depths: readonly Float64Array[]): Agreements {
  const pairs: Agreement[] = world.edges.map(() => ({ residual: 0, inlierShare: 1 }));
  const images = level.map(({ pixels, observations }, i) => {
    const camera = world.cameras[i]!;
    const { directions, depthPerRange } = cameraRays(camera, pixels);
    const residuals: number[] = [];
    const weights: number[] = [];
    for (const observation of observations) {
      const points = transformPoints(similarityMatrix(world.edges[observation.edge]!), observation.points);
      const own = depths[i]!.reduce<number[]>((list, depth, k) => {
        const range = depth / depthPerRange[k]!;
        const [x, y, z] = [0, 1, 2].map((c) => camera.center[c]! + range * directions[3 * k + c]! - points[3 * k + c]!);
        list.push(range > 0 ? Math.hypot(x!, y!, z!) / range : Number.POSITIVE_INFINITY);
        return list;
      }, []);
      const ownWeights = Array.from(observation.weights);
      const agreement = summarize(own, ownWeights);
      const worst = pairs[observation.edge]!;
      pairs[observation.edge] = {
        residual: Math.max(worst.residual, agreement.residual),
        inlierShare: Math.min(worst.inlierShare, agreement.inlierShare),
      };
      residuals.push(...own);
      weights.push(...ownWeights);
    }
    return summarize(residuals, weights);
  });
  return { images, pairs };
}

function summarize(residuals: readonly number[], weights: readonly number[]): Agreement {
  const order = residuals.map((_, k) => k).sort((a, b) => residuals[a]! - residuals[b]!);
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
