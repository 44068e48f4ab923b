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

/**
 * The filter for `requested` as the least confidence. Where fewer than one pixel in a thousand reaches it, the bar is
 * lowered to the median confidence: a weak model still shows the better half of what it saw.
 */
export function choosePointFilter(scene: Scene, requested: number): PointFilter {
  const total = countPoints(scene, 0);
  const kept = countPoints(scene, requested);
  if (total === 0 || kept >= SMALLEST_SHARE * total) return { minConfidence: requested, lowered: false, kept, total };
  const minConfidence = medianConfidence(scene, total);
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

function medianConfidence({ images }: Scene, total: number): number {
  const every = Math.ceil(total / SAMPLE_SIZE);
  const sample: number[] = [];
  let seen = 0;
  for (const { registered, depth, confidence } of images) {
    if (!registered) continue;
    for (let i = 0; i < depth.length; i++) if (depth[i]! > 0 && seen++ % every === 0) sample.push(confidence[i]!);
  }
  return sample.sort((a, b) => a - b)[sample.length >> 1]!;
}
