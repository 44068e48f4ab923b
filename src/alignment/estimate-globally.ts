import type { AlignmentFit, AlignmentReport, AlignmentWarning, Scene } from "../core/scene.ts";
import type { AlignOptions } from "./align-options.ts";
import type { AlignedImages } from "./global/global-alignment.ts";
import type { WeightedPair } from "./global/observation.ts";
import { poseOf } from "./global/world.ts";
import type { ImageSummary } from "./prediction-summary.ts";
import { estimatedIntrinsics, type ImageEstimate } from "./scene-images.ts";

/** The estimates of a method. */
export interface Estimates {
  readonly images: readonly ImageEstimate[];
  readonly units: Scene["units"];
  readonly report: Omit<AlignmentReport, "seconds">;
  readonly warnings: readonly AlignmentWarning[];
  /** By pair. */
  readonly fits?: readonly (AlignmentFit | undefined)[];
}

/** Global alignment's findings as estimates of the images; undefined where it has none. */
export function estimateGlobally(
  summaries: readonly ImageSummary[],
  { pairs, groups }: { readonly pairs: readonly WeightedPair[]; readonly groups: readonly AlignedImages[] },
  options: AlignOptions,
): Estimates | undefined {
  const [scene] = groups;
  if (scene === undefined) return undefined;
  const inMeters = scene.scaleIsKnown && options.priors?.posesInMeters === true;
  return {
    images: placedImages(summaries, groups, options),
    units: inMeters ? "metres" : "arbitrary",
    report: {
      method: "global",
      loss: scene.loss,
      iterations: groups.reduce((sum, { iterations }) => sum + iterations, 0),
    },
    warnings: groups.flatMap(({ warnings }) => warnings),
    fits: fitsOf(pairs, groups),
  };
}

function placedImages(
  summaries: readonly ImageSummary[],
  groups: readonly AlignedImages[],
  { priors }: AlignOptions,
): ImageEstimate[] {
  const estimates = summaries.map(({ size, focal, confidence }, i): ImageEstimate => {
    const intrinsics = priors?.intrinsics?.[i] ?? estimatedIntrinsics(size, focal);
    return { size, intrinsics, camera: i, confidence, placement: undefined };
  });
  groups.forEach(({ group, world, depths, fits }, component) => {
    group.images.forEach(({ index, camera: number }, place) => {
      const camera = world.cameras[place]!;
      const placement = {
        component,
        worldFromCam: poseOf(camera),
        depth: depths[place]!,
        fit: fits.images[place],
      };
      const first = group.images.find((other) => other.camera === number)!.index;
      estimates[index] = { ...estimates[index]!, intrinsics: camera.intrinsics, camera: first, placement };
    });
  });
  return estimates;
}

function fitsOf(pairs: readonly WeightedPair[], groups: readonly AlignedImages[]): (AlignmentFit | undefined)[] {
  const bySide = new Map(
    groups.flatMap(({ group, fits }) => group.pairs.map((pair, k) => [pair.side, fits.pairs[k]!])),
  );
  return pairs.map(({ side }) => bySide.get(side));
}
