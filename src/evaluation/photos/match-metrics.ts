import { composePoses, invertRigid } from "../../geometry/pose.ts";
import type { SceneFileImage } from "../../scene-file/read-scene-file.ts";
import type { DepthMap } from "../metrics/depth-errors.ts";
import {
  fundamentalMatrix,
  type MatchAccuracy,
  matchAccuracy,
  type Pixel,
  RECTIFIED,
  reprojectPixel,
  sampsonDistance,
} from "../metrics/match-errors.ts";
import { diagonal } from "../metrics/reprojection-accuracy.ts";
import { readTruthMap, type TruthScene } from "./truth-scene.ts";

/** Accuracy of matches, named as in `evaluation.json` of the evaluator. */
export interface MatchMetrics {
  readonly matches: number;
  /** By Sampson distance; null where the epipolar geometry is not known. */
  readonly epipolar: MatchAccuracyJson | null;
  /** By distance from the true match of the pixel; null without depth or disparity. */
  readonly position: (MatchAccuracyJson & { readonly by: "depth" | "disparity" }) | null;
}

/** Shares by percentage of the image diagonal: `within_1pct` and so on. */
export interface MatchAccuracyJson {
  readonly evaluated: number;
  readonly median_px: number | null;
  readonly [within: `within_${number}pct`]: number;
}

/** A match, pixel of photo 1 and pixel of photo 2, in original pixels. */
export type Match = readonly [Pixel, Pixel];

/** Judges the matches of two photos of a scene. */
export async function matchMetrics(
  scene: TruthScene,
  [first, second]: readonly [SceneFileImage, SceneFileImage],
  matches: readonly Match[],
): Promise<MatchMetrics> {
  const size = (diagonal(first) + diagonal(second)) / 2;
  const fundamental = epipolarGeometry(scene, first, second);
  const truth = await trueMatches(scene, first, second);
  const positions = truth && matches.flatMap((match) => truth.distance(match) ?? []);
  const epipolar = fundamental && matches.map(([a, b]) => sampsonDistance(fundamental, a, b));
  return {
    matches: matches.length,
    epipolar: epipolar ? toJson(matchAccuracy(epipolar, [1, 2], size)) : null,
    position: truth && positions ? { by: truth.by, ...toJson(matchAccuracy(positions, [1, 2, 5], size)) } : null,
  };
}

function toJson({ evaluated, medianPixels, within }: MatchAccuracy): MatchAccuracyJson {
  const shares = Object.entries(within).map(([percent, share]) => [`within_${percent}pct`, share]);
  return { evaluated, median_px: medianPixels, ...Object.fromEntries(shares) };
}

function epipolarGeometry({ kind }: TruthScene, first: SceneFileImage, second: SceneFileImage) {
  const pose = relativePose(first, second);
  if (pose && first.intrinsics && second.intrinsics) {
    return fundamentalMatrix(first.intrinsics, second.intrinsics, pose);
  }
  return kind === "stereo" ? RECTIFIED : undefined;
}

function relativePose(from: SceneFileImage, to: SceneFileImage) {
  return from.camFromWorld && to.camFromWorld
    ? composePoses(to.camFromWorld, invertRigid(from.camFromWorld))
    : undefined;
}

interface TrueMatches {
  readonly by: "depth" | "disparity";
  /** How far a match is from the truth; undefined where its pixel was not measured. */
  readonly distance: (match: Match) => number | undefined;
}

/** From the first map there is: disparity or depth, of photo 1, else of photo 2. */
async function trueMatches(
  scene: TruthScene,
  first: SceneFileImage,
  second: SceneFileImage,
): Promise<TrueMatches | undefined> {
  for (const [from, to, reversed] of [
    [first, second, false],
    [second, first, true],
  ] as const) {
    const target = await trueMatch(scene, from, to);
    if (target === undefined) continue;
    return {
      by: target.by,
      distance([pixel1, pixel2]) {
        const [start, end] = reversed ? [pixel2, pixel1] : [pixel1, pixel2];
        const truth = target.of(start);
        return truth && Math.hypot(end[0] - truth[0], end[1] - truth[1]);
      },
    };
  }
  return undefined;
}

async function trueMatch(scene: TruthScene, from: SceneFileImage, to: SceneFileImage) {
  const { disparity, depth, intrinsics } = from;
  if (disparity !== null && disparity.match_image === to.file) {
    const map = await readTruthMap(scene.folder, disparity, from);
    const sign = scene.images.indexOf(from) < scene.images.indexOf(to) ? -1 : 1;
    const of = ([x, y]: Pixel): Pixel | undefined => {
      const shift = valueAt(map, x, y);
      return shift > 0 ? [x + sign * shift, y] : undefined;
    };
    return { by: "disparity", of } as const;
  }
  const pose = relativePose(from, to);
  if (depth === null || pose === undefined || intrinsics === null || to.intrinsics === null) return undefined;
  const map = await readTruthMap(scene.folder, depth, from);
  const cameras = { camera1: intrinsics, camera2: to.intrinsics, cam2FromCam1: pose };
  const of = ([x, y]: Pixel): Pixel | undefined => {
    const z = valueAt(map, x, y);
    return z > 0 ? reprojectPixel([x, y], z, cameras) : undefined;
  };
  return { by: "depth", of } as const;
}

function valueAt({ width, height, depth }: DepthMap, x: number, y: number): number {
  const [column, row] = [Math.round(x), Math.round(y)];
  return column >= 0 && row >= 0 && column < width && row < height ? depth[row * width + column]! : 0;
}
