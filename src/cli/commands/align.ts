import { Command, Option } from "commander";
import { REFINE_METHODS } from "../../pipeline/reconstruct-options.ts";
import type { AlignFlags } from "../align-to-folder.ts";
import { runAction } from "../run-action.ts";
import { withFeatureSizeOption, withSceneOptions } from "../scene-options.ts";
import { withForceOption, withOutputOptions } from "../shared-options.ts";

/** `dust3r align`: the second half of `reconstruct`, on pointmaps from any source. */
export function alignCommand(): Command {
  const command = new Command("align")
    .description("one scene from pairwise pointmaps: what `dust3r infer` or another program wrote")
    .argument("<pairs>", "a .safetensors file of pairs")
    .option(
      "--photos <folder>",
      "the photos that the pairs are of, by their names: cameras are refined on their features",
    )
    .addOption(
      new Option(
        "--refine <how>",
        "cameras by features of --photos, or the pointmaps' as they are (default: features with --photos)",
      ).choices(REFINE_METHODS),
    )
    .requiredOption("-o, --output <folder>", "where to write the scene");
  return withOutputOptions(withForceOption(withFeatureSizeOption(withSceneOptions(command)))).action(
    (pairs: string, flags: AlignFlags) =>
      runAction(async (signal) => {
        const { alignToFolder } = await import("../align-to-folder.ts");
        await alignToFolder(pairs, flags, signal);
      }),
  );
}
