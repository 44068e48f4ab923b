import { Command } from "commander";
import { runAction } from "../run-action.ts";
import { type SceneFlags, withSceneOptions } from "../scene-options.ts";
import { type OutputFlags, withOutputOptions } from "../shared-options.ts";

/** What the command line says of an alignment. */
export interface AlignFlags extends OutputFlags, SceneFlags {
  readonly output: string;
}

/** `dust3r align`: the second half of `reconstruct`, on pointmaps from any source. */
export function alignCommand(): Command {
  const command = new Command("align")
    .description("one scene from pairwise pointmaps: what `dust3r infer` or another program wrote")
    .argument("<pairs>", "a .safetensors file of pairs")
    .requiredOption("-o, --output <folder>", "where to write the scene");
  return withOutputOptions(withSceneOptions(command)).action((pairs: string, flags: AlignFlags) =>
    runAction(async (signal) => {
      const { alignToFolder } = await import("../align-to-folder.ts");
      await alignToFolder(pairs, flags, signal);
    }),
  );
}
