import { connectedComponents } from "../../core/connected-components.ts";
import type { AlignmentWarning } from "../../core/scene.ts";
import { upperMedian } from "../../core/upper-median.ts";
import type { AlignOptions } from "../align-options.ts";
import { CONFIDENT } from "../likely-focal.ts";
import { type ImageSummary, meanConfidence } from "../prediction-summary.ts";
import { measureFit } from "./alignment-fit.ts";
import type { RelativeSimilarity } from "./average-similarities.ts";
import { objective } from "./evaluate.ts";
import { falseLoops } from "./false-loops.ts";
import { focalPrior } from "./focal-priors.ts";
import { type Group, type GroupImage, subgroup, withoutPairs } from "./group.ts";
import { imageFrames } from "./image-frames.ts";
import { initialWorld } from "./initial-world.ts";
import { coarseLevel, type WeightedPair } from "./observation.ts";
import { registerPairs } from "./register-pairs.ts";
import { sharedCameras } from "./shared-cameras.ts";
import { distancePenalty, typicalDepth } from "./typical-depth.ts";
import type { World } from "./world.ts";

/** Images that belong together, and a first guess of their world, in any frame and unit. */
export interface GroupStart {
  readonly group: Group;
  readonly guess: World;
  /** Set where the guess is what an alignment of these images came to. */
  readonly isAligned: boolean;
  /** What was found so far. */
  readonly warnings: readonly AlignmentWarning[];
}

/**
 * A pair is no evidence of how its images lie to each other when its confidence (the mean weight at the image of less
 * weight) is below this share of what is typical: the median over the images of their best pairs'.
 */
const LEAST_CONFIDENCE = 0.1;
/** An image whose pairs fit the start at less than this share of their pixels, on average, does not belong. */
const LEAST_FIT = 0.1;

/** All images that confident pairs connect and that fit, group by group. */
export function findGroups(
  images: readonly ImageSummary[],
  pairs: readonly WeightedPair[],
  options: AlignOptions,
): GroupStart[] {
  const { intrinsics, worldFromCam } = options.priors ?? {};
  const sizes = images.map(({ size }) => size);
  const sampled = coarseLevel(sizes, pairs);
  const cameras = sharedCameras(images, pairs, sampled, options.priors ?? {});
  const frames = imageFrames(images, pairs, sampled, options);
  const measurements = registerPairs(pairs, frames, sampled);
  const least = LEAST_CONFIDENCE * typicalConfidence(images.length, measurements);
  const usable = pairs.flatMap((pair, k) => {
    const measurement = measurements[k];
    return measurement !== undefined && measurement.weight >= least ? [{ pair, measurement }] : [];
  });
  const everything = {
    images: images.map((image, index): GroupImage => {
      return {
        index,
        size: image.size,
        frame: frames[index]!,
        isConfident: meanConfidence(image.confidence) >= CONFIDENT,
        intrinsics: intrinsics?.[index],
        focalPrior: focalPrior(image),
        worldFromCam: worldFromCam?.[index],
        camera: cameras[index]!,
      };
    }),
    pairs: usable.map(({ pair }) => pair),
    measurements: usable.map(({ measurement }) => measurement),
  };
  const { groups, warnings } = withoutFalseLoops(everything);
  return groups.flatMap(fittingGroups).map((found) => {
    const own = warnings.filter(({ image1 }) => found.group.images.some(({ index }) => index === image1));
    return { ...found, isAligned: false, warnings: own };
  });
}

function typicalConfidence(count: number, measurements: readonly (RelativeSimilarity | undefined)[]): number {
  const best = new Float64Array(count);
  for (const measurement of measurements) {
    if (measurement === undefined) continue;
    const { view1, view2, weight } = measurement;
    best[view1] = Math.max(best[view1]!, weight);
    best[view2] = Math.max(best[view2]!, weight);
  }
  return upperMedian(best.filter((weight) => weight > 0)) ?? 0;
}

/** Two images that look alike and are not of one place. */
type FalseLoop = Extract<AlignmentWarning, { readonly kind: "false-loop" }>;

/** The connected groups without the pairs that would fold two places onto each other. */
function withoutFalseLoops(group: Group): {
  readonly groups: readonly Group[];
  readonly warnings: readonly FalseLoop[];
} {
  const found = connectedGroups(group).map((connected) => {
    const loops = falseLoops(connected.images.length, connected.measurements);
    const warnings = loops.map(([first, second]): FalseLoop => {
      return { kind: "false-loop", image1: connected.images[first]!.index, image2: connected.images[second]!.index };
    });
    return { group: loops.length > 0 ? withoutPairs(connected, loops) : connected, warnings };
  });
  return { groups: found.map(({ group }) => group), warnings: found.flatMap(({ warnings }) => warnings) };
}

/** Those of more than one image. */
function connectedGroups(group: Group): Group[] {
  const edges = group.pairs.map(({ view1, view2 }) => [view1, view2] as const);
  const components = connectedComponents(group.images.length, edges);
  return components.flatMap((members) => (members.length > 1 ? [subgroup(group, members)] : []));
}

/** The connected groups without the images that do not fit, each with a first guess of its world. */
function fittingGroups(group: Group): { readonly group: Group; readonly guess: World }[] {
  return connectedGroups(group).flatMap((connected) => {
    const { guess, fits } = firstGuess(connected);
    const misfits = worstOfTheirPairs(connected, fits);
    if (fits.length === 2 || misfits.size === 0) return [{ group: connected, guess }];
    const others = fits.flatMap((_, i) => (misfits.has(i) ? [] : [i]));
    return fittingGroups(subgroup(connected, others));
  });
}

/**
 * The images that do not fit, and that fit worse than any they are paired with: those may fit once these are gone. Of two that
 * are as bad the first is meant.
 */
function worstOfTheirPairs({ pairs }: Group, fits: readonly number[]): Set<number> {
  const isWorse = (a: number, b: number) => fits[a]! < fits[b]! || (fits[a] === fits[b] && a < b);
  const misfits = new Set(fits.flatMap((fit, i) => (fit < LEAST_FIT ? [i] : [])));
  for (const { view1, view2 } of pairs) misfits.delete(isWorse(view1, view2) ? view2 : view1);
  return misfits;
}

/** A world to start from, and by image the mean share of pixels at which its pairs fit, weighted by their confidence. */
function firstGuess(group: Group): { readonly guess: World; readonly fits: readonly number[] } {
  const { images, pairs, measurements } = group;
  const sizes = images.map(({ size }) => size);
  const sampled = coarseLevel(sizes, pairs);
  const guess = initialWorld(group, sampled);
  const penalty = distancePenalty(typicalDepth(guess, sampled));
  const { depths } = objective(guess, sampled, { penalty, settle: { tolerance: 1e-5, maxSteps: 10 } });
  const pairFits = measureFit(guess, sampled, depths).pairs;
  const sums = new Float64Array(images.length);
  const totals = new Float64Array(images.length);
  pairs.forEach(({ view1, view2 }, edge) => {
    const { weight } = measurements[edge]!;
    for (const image of [view1, view2]) {
      sums[image]! += weight * pairFits[edge]!.inlierShare;
      totals[image]! += weight;
    }
  });
  return { guess, fits: images.map((_, i) => sums[i]! / totals[i]!) };
}
