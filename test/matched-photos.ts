import type { Pose } from "../src/core/camera.ts";
import { gaussian, type Random, seededRandom } from "../src/core/random.ts";
import { multiply3, normalize, type Vector3 } from "../src/geometry/mat3.ts";
import { rigidPose, rotationOf, transformPoints, translationOf } from "../src/geometry/pose.ts";
import type { TwoViewProblem } from "../src/geometry/robust/two-view/two-view-problem.ts";
import { rotationFromVector } from "../src/geometry/rotation.ts";
import { randomVector } from "./random-geometry.ts";

/** What differs between pairs of matched photos. */
export interface MatchedPhotosOptions {
  readonly count?: number;
  /** Share of the matches that are wrong. */
  readonly outliers?: number;
  /** In pixels. */
  readonly noise?: number;
  readonly scene?: "deep" | "plane";
  readonly motion?: "sideways" | "none";
  /** Share of the matches whose partners are all shifted alike: the next window of a facade. */
  readonly repeated?: number;
  /** By so many pixels. */
  readonly shift?: readonly [number, number];
  readonly focal?: number;
  /** What is known of it: factor and standard deviation of its logarithm. */
  readonly focalFactor?: number;
  readonly focalSigma?: number;
  /** Degrees by which the predicted pose is wrong; NaN for no prediction. */
  readonly predictedOff?: number;
  /** Share by which predicted depths are wrong. */
  readonly depthNoise?: number;
}

/** Two photos of 800 by 600 pixels whose matches are known. */
export interface MatchedPhotos {
  readonly problem: TwoViewProblem;
  readonly cam2FromCam1: Pose;
  readonly focal: number;
  /** `[n]`, 1 for right matches. */
  readonly right: Uint8Array;
}

const SIZE = { width: 800, height: 600 };

/** Photos of a scene that is 3 to 9 units deep, taken a unit apart, by a camera that turns by about 15 degrees. */
export function matchedPhotos(seed: string, options: MatchedPhotosOptions = {}): MatchedPhotos {
  const {
    count = 300,
    outliers = 0.3,
    noise = 0.7,
    scene = "deep",
    motion = "sideways",
    repeated = 0,
    shift = [90, 0],
  } = options;
  const { focal = 700, focalFactor = 1.2, focalSigma = 0.3, predictedOff = 12, depthNoise = 0.15 } = options;
  const random = seededRandom(seed);
  const rotation = rotationFromVector(scaled(randomVector(random), 0.25));
  const [x, y, z] = scaled(randomVector(random), 1);
  const cam2FromCam1 = rigidPose(rotation, motion === "none" ? [0, 0, 0] : [x, 0.4 * y, 0.4 * z]);
  const tilt = randomVector(random, 0.4);
  const matches = new Float64Array(4 * count);
  const depths = new Float64Array(2 * count);
  const right = new Uint8Array(count);
  for (let k = 0; k < count; ) {
    const pixel1 = [random() * SIZE.width, random() * SIZE.height] as const;
    const [u, v] = [(pixel1[0] - 399.5) / focal, (pixel1[1] - 299.5) / focal];
    const z1 = scene === "plane" ? 6 / (1 + tilt[0] * u + tilt[1] * v) : 3 + 6 * random();
    const point2 = transformPoints(cam2FromCam1, Float64Array.of(u * z1, v * z1, z1));
    const pixel2 = [
      (focal * point2[0]!) / point2[2]! + 399.5 + (k < repeated * count ? shift[0] : 0),
      (focal * point2[1]!) / point2[2]! + 299.5 + (k < repeated * count ? shift[1] : 0),
    ] as const;
    if (!(point2[2]! > 0.3) || !isInside(pixel2)) continue;
    right[k] = k < repeated * count || random() < outliers ? 0 : 1;
    const wrong = right[k] === 0 && k >= repeated * count;
    const seen = wrong ? [random() * SIZE.width, random() * SIZE.height] : pixel2;
    matches.set(
      [...pixel1, ...seen].map((at) => at + noise * gaussian(random)),
      4 * k,
    );
    depths[2 * k] = z1 * Math.exp(depthNoise * gaussian(random));
    depths[2 * k + 1] = (wrong ? 3 + 6 * random() : point2[2]!) * Math.exp(depthNoise * gaussian(random));
    k++;
  }
  const known = { focal: focal * focalFactor, logSigma: focalSigma };
  const predicted = { cam2FromCam1: wrongBy(cam2FromCam1, predictedOff, random), depths };
  return {
    problem: {
      matches,
      photo1: SIZE,
      photo2: SIZE,
      focals: { focal1: known, focal2: known, shared: true },
      predicted: Number.isNaN(predictedOff) ? undefined : predicted,
    },
    cam2FromCam1,
    focal,
    right,
  };
}

function isInside([x, y]: readonly [number, number]): boolean {
  return x >= 0 && y >= 0 && x < SIZE.width && y < SIZE.height;
}

/** The pose turned about any axis, and with a translation turned about any, by some degrees. */
function wrongBy(pose: Pose, degrees: number, random: Random): Pose {
  const angle = (degrees * Math.PI) / 180;
  const turn = rotationFromVector(scaled(randomVector(random), angle));
  const shift = rotationFromVector(scaled(randomVector(random), angle));
  const direction = translationOf(pose).some((t) => t !== 0) ? translationOf(pose) : ([1, 0, 0] as const);
  const [x, y, z] = direction;
  const [a, b, c, d, e, f, g, h, i] = shift;
  return rigidPose(multiply3(turn, rotationOf(pose)), [
    a * x + b * y + c * z,
    d * x + e * y + f * z,
    g * x + h * y + i * z,
  ]);
}

function scaled(v: Vector3, length: number): Vector3 {
  const [x, y, z] = normalize(v);
  return [length * x, length * y, length * z];
}
