import type { Intrinsics } from "../core/camera.ts";
import type { Size } from "../core/size.ts";
import { type AbsolutePose, estimateAbsolutePose } from "../geometry/robust/absolute-pose.ts";
import { isSupported, type Localization, localizationThreshold } from "./localization.ts";

/** The guess of a focal length stands when its pose explains this share of what the best one explains. */
const GUESS_SHARE = 0.95;

/** Pixels of the query, `[n, 2]`, and the points of the world that they show, `[n, 3]`. */
export interface WorldMatches {
  readonly pixels: Float32Array;
  readonly points: Float64Array;
}

/** What is known of a camera that sees points of the world; all in one unit of pixels. */
export interface QueryCamera {
  readonly size: Size;
  readonly intrinsics: Intrinsics;
  /** False for a mere guess of the focal length. */
  readonly isKnown: boolean;
  /** Equal seeds give equal results; 0 when left out. */
  readonly seed?: number | string | undefined;
}

/** A `Localization` that does not say where its focal length comes from. */
export type PointLocalization =
  | Omit<Extract<Localization, { status: "ok" }>, "focalSource">
  | Extract<Localization, { status: "failed" }>;

/** Where a camera is that sees points of the world at pixels: PnP in RANSAC, with the focal length where it is not known. */
export function localizeByPoints(
  { pixels, points }: WorldMatches,
  { size, intrinsics: known, isKnown, seed }: QueryCamera,
): PointLocalization {
  const count = points.length / 3;
  const search = { threshold: localizationThreshold(size), seed };
  const free = isKnown ? undefined : estimateAbsolutePose(points, pixels, known, { ...search, unknownFocal: true });
  const guessed = estimateAbsolutePose(points, pixels, known, search);
  // Points that are nearly a plane fix no focal length, and what is found may be far off: the guess stands unless it explains
  // clearly less.
  const found = free?.status === "ok" && explains(free) * GUESS_SHARE > explains(guessed) ? free : guessed;
  if (found.status === "failed") return found;
  const { camFromWorld, intrinsics, inlierCount: inliers } = found;
  if (isSupported(inliers, count)) return { status: "ok", camFromWorld, intrinsics, inliers, count };
  return { status: "failed", reason: `only ${inliers} of ${count} matches with the map agree on a pose` };
}

/** The correspondences that a pose explains. */
function explains(found: AbsolutePose): number {
  return found.status === "ok" ? found.inlierCount : 0;
}
