import { alignPairs } from "../pipeline/align-pairs.ts";
import { openSceneFolder } from "../pipeline/scene-folder.ts";
import { printScene } from "./print-scene.ts";
import { readPriors } from "./read-priors.ts";
import type { SceneFlags } from "./scene-options.ts";
import type { ForceFlags, OutputFlags } from "./shared-options.ts";
import { withTerminal } from "./terminal.ts";

/** Flags of `dust3r align`. */
export interface AlignFlags extends OutputFlags, SceneFlags, ForceFlags {
  readonly output: string;
}

/** Aligns the pairs of a file and writes the scene to a folder; nothing appears there unless all does. */
export async function alignToFolder(path: string, flags: AlignFlags, signal: AbortSignal): Promise<void> {
  const { output, align, minConfidence, seed, force, export: kinds } = flags;
  const locating = minConfidence === "auto" ? undefined : minConfidence;
  await withTerminal(flags, signal, async (run) => {
    await using folder = await openSceneFolder(output);
    await folder.claim({ names: [], inputs: [path], kinds, force });
    const priors = await readPriors(flags, run.logger);
    const result = await alignPairs(path, { align, priors, minConfidence: locating, seed, ...run });
    await printScene(output, await folder.write(result, { kinds, minConfidence, force, ...run }), { flags, ...run });
  });
}
