import { processorCount, requestWorkers, startWorkerProcess } from "#platform";
import type { Pose } from "../core/camera.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Features } from "../features/features.ts";
import { matchFeatures } from "../features/match-features.ts";
import { composePoses, invertRigid, scaleTranslation } from "../geometry/pose.ts";
import type { TwoViewProblem } from "../geometry/robust/two-view/two-view-problem.ts";
import type { TwoViewVerdict, VerifiedTwoViews } from "../geometry/robust/two-view/verify-two-views.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import type { VerifyRequest } from "./verify-worker.ts";

/** Two photos whose feature matches agree on how they lie to each other. */
export interface VerifiedPair {
  readonly photo1: number;
  readonly photo2: number;
  readonly verdict: TwoViewVerdict;
  /** The translation is in the scene's units, by the network's depth at the matches. */
  readonly cam2FromCam1: Pose;
  readonly focal1: number;
  readonly focal2: number;
  /** `[n, 2]`: indices among the features of photo 1 and of photo 2; those that agree. */
  readonly matches: Uint32Array;
}

/** Features may be nearly as similar to another: what is wrong among them, verification finds out. */
const RATIO = 0.9;

/** Each holds little in memory, but a pair takes a fraction of a second only. */
const MOST_WORKERS = 8;
/** Starting another process takes as long as so many pairs. */
const PAIRS_PER_WORKER = 2;

/** How pairs are verified. */
export interface VerifyPairsOptions extends RunOptions {
  /** Equal seeds give equal results; 0 when left out. */
  readonly seed?: number | string | undefined;
  /** Called with what was found of each pair, by its index, as soon as it is; undefined where nothing is verified. */
  readonly onPair?: ((index: number, found: VerifiedPair | undefined) => Promise<void>) | undefined;
}

/**
 * The pairs of photos, `[photo1, photo2]`, whose feature matches support a relative pose beyond chance. The network's
 * pose and depth are among the hypotheses. Verified by several processes; the result depends on photos and seed alone.
 */
export async function verifyPairs(
  photos: readonly PosedPhoto[],
  pairs: readonly (readonly [photo1: number, photo2: number])[],
  { seed, onPair, onProgress, signal }: VerifyPairsOptions = {},
): Promise<VerifiedPair[]> {
  signal?.throwIfAborted();
  const total = pairs.length;
  const matches: Uint32Array[] = [];
  function* requests(): Generator<VerifyRequest> {
    for (const [photo1, photo2] of pairs) {
      const [first, second] = [photos[photo1]!, photos[photo2]!];
      const own = matchFeatures(first.features, second.features, { ratio: RATIO });
      matches.push(own);
      yield {
        problem: twoViewProblem(first, second, own),
        options: { noise: Math.sqrt(first.noise * second.noise), seed: `${seed ?? 0} ${photo1} ${photo2}` },
      };
    }
  }
  const pairOf = (index: number, result: VerifiedTwoViews): VerifiedPair | undefined => {
    const [photo1, photo2] = pairs[index]!;
    return result.status === "ok" ? { photo1, photo2, ...verifiedPair(result, matches[index]!) } : undefined;
  };
  let done = 0;
  const found = await requestWorkers(requests(), {
    start: () => startWorkerProcess(import.meta.url, "verify-worker", "verifies pairs of photos"),
    workers: Math.min(MOST_WORKERS, processorCount(), Math.ceil(total / PAIRS_PER_WORKER)),
    signal,
    onAnswer: async (index, result) => {
      await onPair?.(index, pairOf(index, result as VerifiedTwoViews));
      onProgress?.({ stage: "refine", done: ++done, total });
    },
  });
  return (found as VerifiedTwoViews[]).flatMap((result, index) => pairOf(index, result) ?? []);
}

function twoViewProblem(photo1: PosedPhoto, photo2: PosedPhoto, matches: Uint32Array): TwoViewProblem {
  const count = matches.length / 2;
  const pixels = new Float64Array(4 * count);
  const depths = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) {
    const [x1, y1] = positionOf(photo1.features, matches[2 * k]!);
    const [x2, y2] = positionOf(photo2.features, matches[2 * k + 1]!);
    pixels.set([x1, y1, x2, y2], 4 * k);
    depths.set([photo1.depthAt(x1, y1), photo2.depthAt(x2, y2)], 2 * k);
  }
  const arePlacedTogether =
    photo1.worldFromCam !== undefined && photo2.worldFromCam !== undefined && photo1.component === photo2.component;
  return {
    matches: pixels,
    photo1: planeOf(photo1),
    photo2: planeOf(photo2),
    focals: { focal1: photo1.focal, focal2: photo2.focal, shared: photo1.camera === photo2.camera },
    predicted: arePlacedTogether
      ? { cam2FromCam1: composePoses(invertRigid(photo2.worldFromCam), photo1.worldFromCam), depths }
      : undefined,
  };
}

function planeOf({ features: { width, height }, intrinsics: { cx, cy } }: PosedPhoto) {
  return { width, height, principalPoint: [cx, cy] as const };
}

/** Where a feature is, in pixels. */
function positionOf({ positions }: Features, index: number): readonly [x: number, y: number] {
  return [positions[2 * index]!, positions[2 * index + 1]!];
}

function verifiedPair(
  { cameras, verdict, inliers, baseline }: Extract<VerifiedTwoViews, { status: "ok" }>,
  matches: Uint32Array,
): Omit<VerifiedPair, "photo1" | "photo2"> {
  const agreeing = [...inliers.keys()].filter((k) => inliers[k] === 1);
  const { focal1, focal2 } = cameras;
  return {
    verdict,
    cam2FromCam1: scaleTranslation(cameras.cam2FromCam1, baseline ?? 1),
    focal1,
    focal2,
    matches: Uint32Array.from(agreeing.flatMap((k) => [matches[2 * k]!, matches[2 * k + 1]!])),
  };
}
