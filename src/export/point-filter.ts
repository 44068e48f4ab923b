import type { Scene } from "../core/scene.ts";

/** Which pixels of a scene become points. */
export interface PointFilter {
  /** Pixels below this confidence are left out. */
  readonly minConfidence: number;
  /** True when `minConfidence` is lower than what was asked for, because that left next to nothing. */
  readonly lowered: boolean;
  /** Pixels that become points. */
  readonly kept: number;
  /** Pixels with a depth in registered photos. */
  readonly total: number;
}

/** Fewer than this share of all pixels is as good as an empty scene. */
const SMALLEST_SHARE = 1e-3;
const SAMPLE_SIZE = 1 << 20;

/** The confidence that the published networks' points are filtered by. */
const PUBLISHED_BAR = 3;
/** Networks and scenes differ in what confidence means: this share of the pixels remains, whatever it is. */
const USUAL_SHARE = 0.7;

/** The least confidence of a point: a number, or `auto` for one that fits the network and the scene. */
export type LeastConfidence = number | "auto";

/**
 * The filter for `requested` as the least confidence. `auto` is 3, or lower where that leaves less than seven tenths of the
 * pixels: their best seven tenths then. Where fewer than one pixel in a thousand reaches a number, the bar is lowered to the
 * median confidence: a weak model still shows the better half of what it saw.
 */
export function choosePointFilter(scene: Scene, requested: LeastConfidence): PointFilter {
  const total = countPoints(scene, 0);
  if (requested === "auto") {
    const fitting = total === 0 ? PUBLISHED_BAR : confidenceAt(scene, total, 1 - USUAL_SHARE);
    const minConfidence = Math.min(PUBLISHED_BAR, fitting);
    return { minConfidence, lowered: false, kept: countPoints(scene, minConfidence), total };
  }
  const kept = countPoints(scene, requested);
  if (total === 0 || kept >= SMALLEST_SHARE * total) return { minConfidence: requested, lowered: false, kept, total };
  const minConfidence = confidenceAt(scene, total, 0.5);
  return { minConfidence, lowered: true, kept: countPoints(scene, minConfidence), total };
}

function countPoints({ images }: Scene, minConfidence: number): number {
  let count = 0;
  for (const { registered, depth, confidence } of images) {
    if (!registered) continue;
    for (let i = 0; i < depth.length; i++) if (depth[i]! > 0 && confidence[i]! >= minConfidence) count++;
  }
  return count;
}

/** The confidence that a share of all pixels with a depth stays below. */
function confidenceAt({ images }: Scene, total: number, quantile: number): number {
  const every = Math.ceil(total / SAMPLE_SIZE);
  const sample: number[] = [];
  let seen = 0;
  for (const { registered, depth, confidence } of images) {
    if (!registered) continue;
    for (let i = 0; i < depth.length; i++) if (depth[i]! > 0 && seen++ % every === 0) sample.push(confidence[i]!);
  }
  return sample.sort((a, b) => a - b)[Math.floor(quantile * sample.length)]!;
}
