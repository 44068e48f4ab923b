import type { Pose } from "../../../core/camera.ts";
import { type ImagePlane, principalPointOf } from "../../../core/image-plane.ts";
import { type Random, randomInteger } from "../../../core/random.ts";
import type { Points } from "../../pose.ts";
import type { FocalsKnowledge } from "./focal-knowledge.ts";
import type { Matches } from "./two-view-cameras.ts";

/** Matches of two photos, and what is known beside them. */
export interface TwoViewProblem {
  /** `[n, 4]`: x and y in photo 1, x and y in photo 2, in the pixels of each. */
  readonly matches: Points;
  readonly photo1: ImagePlane;
  readonly photo2: ImagePlane;
  readonly focals: FocalsKnowledge;
  /** What a network makes of the photos. */
  readonly predicted?: PredictedTwoViews | undefined;
}

/** What a network predicts of two photos. */
export interface PredictedTwoViews {
  /** Of any length of translation. */
  readonly cam2FromCam1: Pose;
  /** `[n, 2]`: the depth of each match's point in photo 1 and in photo 2, in one unit of length; 0 where there is none. */
  readonly depths: Points;
}

/** Matches in random order, so that every prefix is a random subset, with the depths that are predicted for them. */
export interface PreparedMatches {
  readonly matches: Matches;
  /** `[count, 2]` */
  readonly depths: Float64Array | undefined;
  /** `[count]`: which match of the problem each is. */
  readonly order: Int32Array;
}

/** The finite matches, relative to the principal points. */
export function prepareMatches(problem: TwoViewProblem, random: Random): PreparedMatches {
  const { matches: given, photo1, photo2, predicted } = problem;
  const finite: number[] = [];
  for (let k = 0; 4 * k < given.length; k++) if (isFiniteMatch(given, k)) finite.push(k);
  const order = Int32Array.from(finite);
  for (let k = order.length - 1; k > 0; k--) {
    const other = randomInteger(random, k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  const centers = [...principalPointOf(photo1), ...principalPointOf(photo2)];
  const pixels = new Float64Array(4 * order.length);
  const depths = predicted && new Float64Array(2 * order.length);
  order.forEach((match, k) => {
    for (let i = 0; i < 4; i++) pixels[4 * k + i] = given[4 * match + i]! - centers[i]!;
    for (let i = 0; i < 2; i++) if (depths) depths[2 * k + i] = predicted.depths[2 * match + i]!;
  });
  return { matches: { count: order.length, pixels }, depths, order };
}

function isFiniteMatch(matches: Points, k: number): boolean {
  for (let i = 0; i < 4; i++) if (!Number.isFinite(matches[4 * k + i]!)) return false;
  return true;
}

/** The first of the matches, which are a random subset. */
export function prefixOf(
  { matches: { count, pixels }, depths }: Pick<PreparedMatches, "matches" | "depths">,
  size: number,
): Pick<PreparedMatches, "matches" | "depths"> {
  const matches = { count: Math.min(count, size), pixels: pixels.subarray(0, 4 * size) };
  return { matches, depths: depths?.subarray(0, 2 * size) };
}

/** Some of the matches, by their indices. */
export function selectMatches(
  { matches, depths }: Pick<PreparedMatches, "matches" | "depths">,
  chosen: ArrayLike<number>,
): { readonly matches: Matches; readonly depths: Float64Array | undefined } {
  const count = chosen.length;
  const pixels = new Float64Array(4 * count);
  const chosenDepths = depths && new Float64Array(2 * count);
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < 4; i++) pixels[4 * k + i] = matches.pixels[4 * chosen[k]! + i]!;
    for (let i = 0; i < 2; i++) if (chosenDepths) chosenDepths[2 * k + i] = depths[2 * chosen[k]! + i]!;
  }
  return { matches: { count, pixels }, depths: chosenDepths };
}
