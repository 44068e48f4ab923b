import type { Points } from "./pose.ts";
import { type Registration, registerPoints } from "./register-points.ts";
import type { Similarity } from "./similarity.ts";

const MAX_ITERATIONS = 20;
/** An iteration that lowers the mean distance by less than this share of it is the last. */
const TOLERANCE = 1e-5;

/** Distances below this share of their mean count as that, so that no point gets all the weight. */
const SMALLEST_DISTANCE = 1e-3;

/**
 * The similarity that minimizes the weighted sum of distances Σ wᵢ |s R sourceᵢ + t − targetᵢ| (not of their squares,
 * so that outliers have little influence): Procrustes, reweighted by the inverse of each distance. Otherwise as
 * `registerPoints`.
 */
export function registerPointsRobustly(source: Points, target: Points, weights: Float32Array): Registration {
  let registration = registerPoints(source, target, weights);
  let before = Number.POSITIVE_INFINITY;
  for (let i = 1; i < MAX_ITERATIONS && registration.status === "ok"; i++) {
    const distances = registeredDistances(registration.targetFromSource, source, target);
    const mean = meanOf(distances, weights);
    if (!(mean > 0 && before - mean > TOLERANCE * mean)) break;
    before = mean;
    const floor = SMALLEST_DISTANCE * mean;
    const reweighted = weights.map((weight, k) => weight / Math.max(distances[k]!, floor));
    registration = registerPoints(source, target, reweighted);
  }
  return registration;
}

function registeredDistances({ scale, rotation, translation }: Similarity, source: Points, target: Points) {
  const [a, b, c, d, e, f, g, h, i] = rotation;
  const [tx, ty, tz] = translation;
  const distances = new Float64Array(source.length / 3);
  for (let k = 0; k < distances.length; k++) {
    const x = source[3 * k]!;
    const y = source[3 * k + 1]!;
    const z = source[3 * k + 2]!;
    const dx = scale * (a * x + b * y + c * z) + tx - target[3 * k]!;
    const dy = scale * (d * x + e * y + f * z) + ty - target[3 * k + 1]!;
    const dz = scale * (g * x + h * y + i * z) + tz - target[3 * k + 2]!;
    distances[k] = Math.sqrt(dx * dx + dy * dy + dz * dz);
  }
  return distances;
}

function meanOf(values: Float64Array, weights: Float32Array): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weights[i]! * values[i]!;
    total += weights[i]!;
  }
  return sum / total;
}
