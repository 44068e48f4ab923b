import { rotationOf, translationOf } from "../../pose.ts";
import { CERTAIN_PARALLAX, type Matches, sampsonErrors, type TwoViewCameras } from "./two-view-cameras.ts";

/** Standard deviation of the logarithm of a predicted depth, once its scale is known. */
const DEPTH_SIGMA = 0.35;

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
  const ratios = depthRatios(cameras, matches, depths);
  const agreeing = [...errors.keys()].filter((k) => errors[k]! < threshold * threshold);
  const centers = [0, 1].map((photo) => medianOf(agreeing.map((k) => ratios.logs[2 * k + photo]!)));
  for (const k of agreeing) {
    const deviations = [0, 1].map((photo) => ratios.logs[2 * k + photo]! - centers[photo]!);
    if (!deviations.every(Number.isFinite)) continue;
    const blur = (CERTAIN_PARALLAX * noise) / ratios.parallaxes[k]!;
    const squared = (deviations[0]! ** 2 + deviations[1]! ** 2) / 2 / (DEPTH_SIGMA ** 2 + blur * blur);
    errors[k] = squared < 9 ? errors[k]! + noise * noise * squared : Number.POSITIVE_INFINITY;
  }
  return errors;
}

interface DepthRatios {
  /** `[count, 2]`: logarithms of the depth at which the rays meet over the predicted one; NaN where there is none. */
  readonly logs: Float64Array;
  /** `[count]`, in pixels. */
  readonly parallaxes: Float64Array;
}

function depthRatios(
  { cam2FromCam1, focal1, focal2 }: TwoViewCameras,
  { count, pixels }: Matches,
  depths: Float64Array,
): DepthRatios {
  const [a, b, c, d, e, f, g, h, i] = rotationOf(cam2FromCam1);
  const [tx, ty, tz] = translationOf(cam2FromCam1);
  const logs = new Float64Array(2 * count);
  const parallaxes = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const [x, y] = [pixels[4 * k]! / focal1, pixels[4 * k + 1]! / focal1];
    const [u, v] = [pixels[4 * k + 2]! / focal2, pixels[4 * k + 3]! / focal2];
    const [rx, ry, rz] = [a * x + b * y + c, d * x + e * y + f, g * x + h * y + i];
    const [cx, cy, cz] = [v * rz - ry, rx - u * rz, u * ry - v * rx];
    const squared = cx * cx + cy * cy + cz * cz;
    const depth1 = (cx * (ty - v * tz) + cy * (u * tz - tx) + cz * (v * tx - u * ty)) / squared;
    const depth2 = (cx * (rz * ty - ry * tz) + cy * (rx * tz - rz * tx) + cz * (ry * tx - rx * ty)) / squared;
    logs[2 * k] = Math.log(depth1 / depths[2 * k]!);
    logs[2 * k + 1] = Math.log(depth2 / depths[2 * k + 1]!);
    const lengths = (u * u + v * v + 1) * (rx * rx + ry * ry + rz * rz);
    parallaxes[k] = Math.sqrt((squared / lengths) * focal1 * focal2);
  }
  return { logs, parallaxes };
}

function medianOf(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite).sort((a, b) => a - b);
  return finite.length > 0 ? finite[finite.length >> 1]! : 0;
}
