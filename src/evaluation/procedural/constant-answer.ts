import type { Pose } from "../../core/camera.ts";
import { dot, IDENTITY3, scaleVector3, type Vector3 } from "../../geometry/mat3.ts";
import { composePoses, invertRigid, rigidPose, translationOf } from "../../geometry/pose.ts";
import type { DepthMap } from "../metrics/depth-errors.ts";
import { median } from "../metrics/statistics.ts";
import { type ProceduralPair, proceduralPairs } from "./procedural-pairs.ts";

/** A baseline: the best constant answer, without the photos. */
export interface ConstantAnswer {
  /** Share of the photo's width. */
  readonly focal: number;
  /** The same for every photo, in units of its median; to be compared at any size. */
  readonly depth: DepthMap;
  /** Unrotated; the distance is in units of the first photo's median depth. */
  readonly cam2FromCam1: Pose;
}

/** Scenes of this series only serve to find the constant answer. */
const CONSTANT_SEED = -20_262;
const PAIRS = 160;
const PAIRS_PER_SCENE = 4;
/** Small and plain: only their depth and poses are used. */
const RENDERING = { width: 32, height: 24, views: 4, textureSize: 16, shadowSize: 16, casual: false };

/**
 * Answers that do best on other scenes than those to be evaluated: the focal length and the depth of every pixel that
 * minimize the relative error, no rotation, and the direction of translation that is right within 15° most often.
 */
export function findConstantAnswer(): ConstantAnswer {
  const draw = proceduralPairs({
    seed: CONSTANT_SEED,
    pairsPerScene: PAIRS_PER_SCENE,
    ...RENDERING,
    rendering: RENDERING,
  });
  const pairs = Array.from({ length: PAIRS }, (_, k) => draw(k));
  const views = pairs.flatMap((pair) => pair.views);
  const translations = pairs.map(relativeTranslation);
  const distance = median(translations.map((translation) => Math.hypot(...translation)))!;
  return {
    focal: leastRelativeError(views.map(({ intrinsics, width }) => intrinsics.fx / width)),
    depth: { width: RENDERING.width, height: RENDERING.height, depth: typicalDepth(views.map(({ depth }) => depth)) },
    cam2FromCam1: rigidPose(IDENTITY3, scaleVector3(distance, commonestDirection(translations))),
  };
}

function relativeTranslation({ views: [first, second] }: ProceduralPair): Vector3 {
  const cam2FromCam1 = composePoses(invertRigid(second.worldFromCam), first.worldFromCam);
  return scaleVector3(1 / (median(first.depth.filter((z) => z > 0)) ?? 1), translationOf(cam2FromCam1));
}

function commonestDirection(translations: readonly Vector3[]): Vector3 {
  const directions = translations.map((t) => scaleVector3(1 / Math.hypot(...t), t));
  const near = Math.cos((15 * Math.PI) / 180);
  const neighbors = (direction: Vector3) => directions.filter((other) => dot(direction, other) > near).length;
  return directions.reduce((best, direction) => (neighbors(direction) > neighbors(best) ? direction : best));
}

function typicalDepth(maps: readonly Float32Array[]): Float32Array {
  const normalized = maps.map((map) => {
    const middle = median(map.filter((z) => z > 0)) ?? 1;
    return map.map((z) => z / middle);
  });
  return Float32Array.from({ length: RENDERING.width * RENDERING.height }, (_, i) => {
    const values = normalized.flatMap((map) => (map[i]! > 0 ? [map[i]!] : []));
    return values.length === 0 ? 1 : leastRelativeError(values);
  });
}

/** The constant c that minimizes Σ |c − v| / v: the median weighted by 1 / v. */
function leastRelativeError(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.reduce((sum, value) => sum + 1 / value, 0) / 2;
  let weight = 0;
  return sorted.find((value) => {
    weight += 1 / value;
    return weight >= half;
  })!;
}
