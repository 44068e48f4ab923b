import type { Intrinsics, Pose } from "../src/core/camera.ts";
import type { PairPrediction } from "../src/core/pair-prediction.ts";
import { gaussian, type Random, seededRandom } from "../src/core/random.ts";
import type { PixelMapping, Size, View } from "../src/core/view.ts";
import { unprojectDepth } from "../src/geometry/camera.ts";
import { invertRigid, transformPoints } from "../src/geometry/pose.ts";

/** A camera that knows what it sees. */
export interface OracleCamera extends Size {
  readonly intrinsics: Intrinsics;
  readonly worldFromCam: Pose;
  /** `[height, width]`, 0 where nothing is known. */
  readonly depth: Float32Array;
}

/** How far an oracle is from the truth; nothing unless given. Lengths are shares of a point's distance. */
export interface OracleNoise {
  /** Standard deviation along the ray, different at every pixel. */
  readonly white: number;
  /** Standard deviation along the ray of an error that bends a whole pointmap, as a network's errors do. */
  readonly smooth: number;
  /** The same across the ray. */
  readonly lateral: number;
  /** Share of the pixels that are far off, with a confidence near 1. */
  readonly outliers: number;
}

const EXACT: OracleNoise = { white: 0, smooth: 0, lateral: 0, outliers: 0 };

/**
 * Ground truth as predictions for ordered pairs of cameras, each at a random scale. Pixels without depth get a point
 * somewhere on their ray, and confidence 1.
 */
export function oraclePredictions(
  cameras: readonly OracleCamera[],
  edges: readonly (readonly [view1: number, view2: number])[],
  { seed = "oracle", noise = EXACT }: { seed?: string; noise?: OracleNoise } = {},
): PairPrediction[] {
  const random = seededRandom(seed);
  const world = cameras.map((camera) => {
    const typical = camera.depth.filter((z) => z > 0).sort();
    const guess = () => typical[typical.length >> 1]! * (0.5 + random());
    const depth = camera.depth.map((z) => (z > 0 ? z : guess()));
    const points = unprojectDepth(depth, camera, camera.intrinsics);
    return transformPoints(camera.worldFromCam, Float64Array.from(points));
  });
  return edges.map(([view1, view2]) => {
    const scale = Math.exp(2 * random() - 1);
    const camFromWorld = invertRigid(cameras[view1]!.worldFromCam);
    const see = (view: number) => {
      const points = transformPoints(camFromWorld, world[view]!).map((x) => scale * x);
      return disturbed(points, cameras[view]!, noise, random);
    };
    const [seen1, seen2] = [see(view1), see(view2)];
    const sizeOf = ({ width, height }: Size) => ({ width, height });
    return {
      view1,
      view2,
      size1: sizeOf(cameras[view1]!),
      size2: sizeOf(cameras[view2]!),
      pointmap1: seen1.pointmap,
      confidence1: seen1.confidence,
      pointmap2: seen2.pointmap,
      confidence2: seen2.confidence,
    };
  });
}

function disturbed(points: Float64Array, { depth, width, height }: OracleCamera, noise: OracleNoise, random: Random) {
  const pointmap = new Float32Array(points.length);
  const confidence = new Float32Array(depth.length).fill(1);
  const along = smoothField(random);
  const across = [smoothField(random), smoothField(random), smoothField(random)];
  for (let i = 0; i < depth.length; i++) {
    const [x, y] = [(i % width) / width, Math.floor(i / width) / height];
    const point = points.slice(3 * i, 3 * i + 3);
    const distance = Math.hypot(...point);
    const doubt = random();
    const factor = Math.exp(noise.smooth * along(x, y) + noise.white * (0.5 + doubt) * gaussian(random));
    const lost = random() < noise.outliers;
    for (let k = 0; k < 3; k++) {
      const moved = point[k]! * factor + noise.lateral * distance * across[k]!(x, y);
      pointmap[3 * i + k] = lost ? moved * (0.3 + 2 * random()) : moved;
    }
    if (depth[i]! > 0) confidence[i] = lost ? 1.1 : 4 + 8 * (1 - doubt);
  }
  return { pointmap, confidence };
}

/** A random function of the unit square with a few bumps, mean 0 and variance about 1. */
function smoothField(random: Random): (x: number, y: number) => number {
  const waves = Array.from({ length: 6 }, () => {
    return {
      x: 6 * gaussian(random),
      y: 6 * gaussian(random),
      phase: 2 * Math.PI * random(),
      height: gaussian(random),
    };
  });
  return (x, y) =>
    waves.reduce((sum, wave) => sum + wave.height * Math.sin(wave.x * x + wave.y * y + wave.phase), 0) / Math.sqrt(3);
}

/** The views of cameras whose photos have `scale` times their pixels, and as many as `crop` more at every side. */
export function oracleViews(
  cameras: readonly Size[],
  { scale = 2.5, crop = 6 }: { scale?: number; crop?: number } = {},
): View[] {
  const originalFromNetwork: PixelMapping = {
    scaleX: scale,
    scaleY: scale,
    offsetX: 0.5 * scale - 0.5 + crop,
    offsetY: 0.5 * scale - 0.5 + crop,
  };
  return cameras.map(({ width, height }, i) => ({
    width,
    height,
    name: `photo-${i}.jpg`,
    rgb: new Uint8Array(),
    original: { width: Math.round(width * scale) + 2 * crop, height: Math.round(height * scale) + 2 * crop },
    originalFromNetwork,
    hash: String(i),
  }));
}
