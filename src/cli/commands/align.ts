import { Command } from "commander";
import type { AlignFlags } from "../align-to-folder.ts";
import { runAction } from "../run-action.ts";
import { withSceneOptions } from "../scene-options.ts";
import { withForceOption, withOutputOptions } from "../shared-options.ts";

/** `dust3r align`: the second half of `reconstruct`, on pointmaps from any source. */
export function alignCommand(): Command {
  const command = new Command("align")
    .description("one scene from pairwise pointmaps: what `dust3r infer` or another program wrote")
    .argument("<pairs>", "a .safetensors file of pairs")
    .requiredOption("-o, --output <folder>", "where to write the scene");
  return withOutputOptions(withForceOption(withSceneOptions(command))).action((pairs: string, flags: AlignFlags) =>
    runAction(async (signal) => {
      const { alignToFolder } = await import("../align-to-folder.ts");
      await alignToFolder(pairs, flags, signal);
    }),
  );
}
