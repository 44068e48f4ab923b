import { upperMedian } from "../../../core/upper-median.ts";
import { rotationOf, translationOf } from "../../pose.ts";
import { CERTAIN_PARALLAX, type Matches, sampsonErrors, type TwoViewCameras } from "./two-view-cameras.ts";

/** Standard deviation of the logarithm of a predicted depth, once its scale is known. */
const DEPTH_SIGMA = 0.35;
/** In standard deviations: a depth that is farther off is another point's. */
const MOST_DEVIATION = 3;

/** Matches, the depths that are predicted for them `[count, 2]`, and what is expected of right ones. */
export interface JudgedMatches {
  readonly matches: Matches;
  readonly depths: Float64Array | undefined;
  /** In pixels: standard deviation of the Sampson error, and where a match is wrong. */
  readonly noise: number;
  readonly threshold: number;
}

/**
 * Squared errors of each match in pixels², `[count]`: Sampson's, and how far the depth at which its rays meet is from the
 * predicted one, up to a scale in each photo, in standard deviations times the noise. A repeated pattern that happens to lie
 * on the epipolar lines gives itself away by its depth. Infinite beyond three deviations.
 */
export function errorsWithDepth(
  cameras: TwoViewCameras,
  { matches, depths, noise, threshold }: JudgedMatches,
): Float64Array {
  const errors = sampsonErrors(cameras, matches);
  if (depths === undefined) return errors;
  const agreeing = errors.reduce((count, error) => count + (error < threshold * threshold ? 1 : 0), 0);
  const { chosen, logs1, logs2, parallaxes } = depthRatios(cameras, matches, {
    depths,
    chosen: indicesBelow(errors, threshold * threshold, agreeing),
  });
  const [center1, center2] = [finiteMedian(logs1), finiteMedian(logs2)];
  for (let i = 0; i < chosen.length; i++) {
    const [off1, off2] = [logs1[i]! - center1, logs2[i]! - center2];
    const blur = (CERTAIN_PARALLAX * noise) / parallaxes[i]!;
    const squared = (off1 * off1 + off2 * off2) / 2 / (DEPTH_SIGMA ** 2 + blur * blur);
    // Where there is no depth to go by, Sampson's error stands.
    if (squared >= MOST_DEVIATION ** 2 && squared < Number.POSITIVE_INFINITY)
      errors[chosen[i]!] = Number.POSITIVE_INFINITY;
    else if (squared >= 0 && squared < MOST_DEVIATION ** 2) errors[chosen[i]!]! += noise * noise * squared;
  }
  return errors;
}

/**
 * The length of the translation in the unit of the depths predicted for photo 1, by the median over matches that agree;
 * undefined where none has a depth.
 */
export function baselineByDepth(
  cameras: TwoViewCameras,
  { matches, depths, threshold }: JudgedMatches,
): number | undefined {
  if (depths === undefined) return undefined;
  const limit = threshold * threshold;
  const errors = sampsonErrors(cameras, matches);
  const agreeing = errors.reduce((count, error) => count + (error < limit ? 1 : 0), 0);
  const chosen = indicesBelow(errors, limit, agreeing);
  const { logs1 } = depthRatios(cameras, matches, { depths, chosen });
  return logs1.some(Number.isFinite) ? Math.exp(-finiteMedian(logs1)) : undefined;
}

/** Of some matches, the logarithms of the depth at which their rays meet over the predicted one, in each photo. */
interface DepthRatios {
  readonly chosen: Int32Array;
  readonly logs1: Float64Array;
  readonly logs2: Float64Array;
  /** In pixels. */
  readonly parallaxes: Float64Array;
}

function depthRatios(
  { cam2FromCam1, focal1, focal2 }: TwoViewCameras,
  { pixels }: Matches,
  { depths, chosen }: { readonly depths: Float64Array; readonly chosen: Int32Array },
): DepthRatios {
  const [a, b, c, d, e, f, g, h, i] = rotationOf(cam2FromCam1);
  const [tx, ty, tz] = translationOf(cam2FromCam1);
  const logs1 = new Float64Array(chosen.length);
  const logs2 = new Float64Array(chosen.length);
  const parallaxes = new Float64Array(chosen.length);
  for (let at = 0; at < chosen.length; at++) {
    const k = chosen[at]!;
    const x = pixels[4 * k]! / focal1;
    const y = pixels[4 * k + 1]! / focal1;
    const u = pixels[4 * k + 2]! / focal2;
    const v = pixels[4 * k + 3]! / focal2;
    const rx = a * x + b * y + c;
    const ry = d * x + e * y + f;
    const rz = g * x + h * y + i;
    const cx = v * rz - ry;
    const cy = rx - u * rz;
    const cz = u * ry - v * rx;
    const squared = cx * cx + cy * cy + cz * cz;
    const depth1 = (cx * (ty - v * tz) + cy * (u * tz - tx) + cz * (v * tx - u * ty)) / squared;
    const depth2 = (cx * (rz * ty - ry * tz) + cy * (rx * tz - rz * tx) + cz * (ry * tx - rx * ty)) / squared;
    logs1[at] = Math.log(depth1 / depths[2 * k]!);
    logs2[at] = Math.log(depth2 / depths[2 * k + 1]!);
    const lengths = (u * u + v * v + 1) * (rx * rx + ry * ry + rz * rz);
    parallaxes[at] = Math.sqrt((squared / lengths) * focal1 * focal2);
  }
  return { chosen, logs1, logs2, parallaxes };
}

function indicesBelow(values: Float64Array, limit: number, count: number): Int32Array {
  const indices = new Int32Array(count);
  let filled = 0;
  for (let k = 0; k < values.length; k++) if (values[k]! < limit) indices[filled++] = k;
  return indices;
}

function finiteMedian(values: Float64Array): number {
  return upperMedian(values.filter(Number.isFinite)) ?? 0;
}
