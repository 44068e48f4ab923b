import type { ProgressEvent } from "../../core/progress.ts";
import type { AlignOptions, AlignPriors } from "../align-options.ts";
import type { ImageSummary } from "../prediction-summary.ts";
import { type AlignedGroup, alignGroup } from "./align-group.ts";
import { findGroups, type GroupStart } from "./find-groups.ts";
import type { Group } from "./group.ts";
import type { WeightedPair } from "./observation.ts";

/** Images brought into one world, and how the pairs among them fit. */
export interface AlignedImages extends AlignedGroup {
  readonly group: Group;
}

/** How much is done of global alignment; all of it, from the beginning, when left out. */
export interface AlignEffort {
  /** What an alignment of the same pairs came to, without these intrinsics and poses: it is gone on from there. */
  readonly from?: readonly AlignedImages[] | undefined;
  /** Set where cameras will be refined: few pixels tell where they are, nearly, and the others get a depth there. */
  readonly isDraft?: boolean | undefined;
}

/**
 * Global alignment (section 3.4 of the paper) of all images that confident pairs connect and that fit, group by group;
 * the largest group first, of equals the one with the most confident pair. Empty where no pair can be used.
 */
export async function alignGlobally(
  images: readonly ImageSummary[],
  pairs: readonly WeightedPair[],
  options: AlignOptions,
  { from = [], isDraft = false }: AlignEffort = {},
): Promise<AlignedImages[]> {
  const { priors = {}, signal } = options;
  const starts =
    from.length > 0 ? from.map((aligned) => goneOnFrom(aligned, priors)) : findGroups(images, pairs, options);
  const aligned: AlignedImages[] = [];
  let before = 0;
  for (const start of starts) {
    const { group } = start;
    const onProgress = (event: ProgressEvent) =>
      options.onProgress?.({ ...event, done: before + event.done, total: images.length });
    const free = { principalPoints: priors.optimizePrincipalPoint ?? false };
    const result = await alignGroup(start, free, { isDraft, signal, onProgress });
    if (result !== undefined) aligned.push({ ...result, group });
    before += group.images.length;
  }
  const bestWeight = ({ group }: AlignedImages) => Math.max(...group.measurements.map(({ weight }) => weight));
  return aligned.sort((a, b) => b.group.images.length - a.group.images.length || bestWeight(b) - bestWeight(a));
}

/** The group where it was aligned to, with what is known of its cameras by now. */
function goneOnFrom({ group, world, warnings }: AlignedImages, { intrinsics, worldFromCam }: AlignPriors): GroupStart {
  const images = group.images.map((image) => {
    return { ...image, intrinsics: intrinsics?.[image.index], worldFromCam: worldFromCam?.[image.index] };
  });
  const cameras = world.cameras.map((camera, place) => {
    return { ...camera, intrinsics: images[place]!.intrinsics ?? camera.intrinsics };
  });
  return { group: { ...group, images }, guess: { ...world, cameras }, isAligned: true, warnings };
}
