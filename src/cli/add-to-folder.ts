import { joinPath } from "#platform";
import type { DepthSize } from "../core/dense-scene.ts";
import { InputError } from "../core/errors.ts";
import type { LeastConfidence } from "../export/point-filter.ts";
import { findPhotos } from "../images/find-photos.ts";
import { uniqueNames } from "../images/unique-names.ts";
import { addPhotos } from "../pipeline/add-photos.ts";
import { openSceneFolder, writtenKinds } from "../pipeline/scene-folder.ts";
import { readSceneFile } from "../scene-file/read-scene-file.ts";
import { printScene } from "./print-scene.ts";
import type { RefineFlags } from "./scene-options.ts";
import { type ExifFlags, type ForceFlags, modelOptions, type ViewFlags } from "./shared-options.ts";
import { withTerminal } from "./terminal.ts";

/** Flags of `dust3r add`. */
export interface AddFlags extends ViewFlags, ForceFlags, ExifFlags, RefineFlags {
  readonly depthSize?: DepthSize;
  readonly photos?: string;
  readonly top: number;
  readonly minConfidence: LeastConfidence;
  readonly seed: number;
}

/** Adds photos to a scene's folder: all of its files are written anew, or none where no photo could be registered. */
export async function addToFolder(
  output: string,
  photos: readonly string[],
  flags: AddFlags,
  signal: AbortSignal,
): Promise<void> {
  const { top, seed, refine, featureSize, depthSize, force, minConfidence } = flags;
  await withTerminal(flags, signal, async (run) => {
    // First of all: it undoes the unfinished commit of a killed run.
    await using folder = await openSceneFolder(output);
    const kinds = await writtenKinds(output);
    const inputs = await findPhotos(photos);
    const { images } = await readSceneFile(joinPath(output, "scene.json"));
    const names = [...images.map(({ file }) => file), ...uniqueNames(inputs)];
    const isDense = images.some(({ isMeasured }) => isMeasured);
    await folder.claim({ names, inputs, kinds, force, isDense });
    const how = {
      ...modelOptions(flags),
      top,
      seed,
      refine,
      featureSize,
      depthSize,
      scenePhotos: flags.photos,
      ignoreExif: flags.exif === false,
      store: folder.store,
    };
    const extended = await addPhotos(output, inputs, { ...how, ...run });
    const { problems, before, views } = extended;
    run.stopProgress();
    if (problems.length === views.length - before)
      throw new InputError(`${problems.join("\n")}\nThe scene was left as it is.`);
    for (const problem of problems) run.logger.warn(problem);
    await printScene(output, await folder.write(extended, { kinds, minConfidence, force, ...run }), { flags, ...run });
  });
}
