import { InputError } from "../core/errors.ts";
import { alignPairs } from "../pipeline/align-pairs.ts";
import type { RefineMethod } from "../pipeline/reconstruct-options.ts";
import { openSceneFolder } from "../pipeline/scene-folder.ts";
import { printScene } from "./print-scene.ts";
import { readPriors } from "./read-priors.ts";
import type { RefineFlags, SceneFlags } from "./scene-options.ts";
import type { ForceFlags, OutputFlags } from "./shared-options.ts";
import { withTerminal } from "./terminal.ts";

/** Flags of `dust3r align`. */
export interface AlignFlags extends OutputFlags, SceneFlags, ForceFlags, Pick<RefineFlags, "featureSize"> {
  /** Left out, cameras are refined where photos are given. */
  readonly refine?: RefineMethod;
  readonly photos?: string;
  readonly output: string;
}

/** Aligns the pairs of a file and writes the scene to a folder; nothing appears there unless all does. */
export async function alignToFolder(path: string, flags: AlignFlags, signal: AbortSignal): Promise<void> {
  const { output, align, photos, refine, featureSize, minConfidence, seed, force, export: kinds } = flags;
  const locating = minConfidence === "auto" ? undefined : minConfidence;
  if (refine === "features" && photos === undefined)
    throw new InputError("--refine features: the pairs hold no photos; say with --photos in which folder they are");
  await withTerminal(flags, signal, async (run) => {
    await using folder = await openSceneFolder(output);
    await folder.claim({ names: [], inputs: [path], kinds, force });
    const priors = await readPriors(flags, run.logger);
    const result = await alignPairs(path, {
      align,
      photos,
      refine,
      featureSize,
      priors,
      minConfidence: locating,
      seed,
      ...run,
    });
    await printScene(
      output,
      await folder.write(result, { kinds, minConfidence, mostPoints: flags.points, force, ...run }),
      { flags, ...run },
    );
  });
}
