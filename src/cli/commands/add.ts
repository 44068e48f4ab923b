import { Command } from "commander";
import type { AddFlags } from "../add-to-folder.ts";
import { runAction } from "../run-action.ts";
import { leastConfidence, MIN_CONFIDENCE_HELP, withDepthSizeOption, withRefineOptions } from "../scene-options.ts";
import { finiteNumber, positiveInteger, withExifOption, withForceOption, withViewOptions } from "../shared-options.ts";

/** `dust3r add`: more photos for a finished scene. */
export function addCommand(): Command {
  const command = new Command("add")
    .description("register new photos in a finished scene without redoing it")
    .argument("<folder>", "what `dust3r reconstruct -o` wrote, with depth maps")
    .argument("<photos...>", "photos and folders of photos")
    .option("--photos <folder>", "where the scene's photos are (default: looked for in and beside the scene)")
    .option("--top <k>", "compare each photo with the k photos of the scene most like it", positiveInteger, 20)
    .option("--min-confidence <c>", MIN_CONFIDENCE_HELP, leastConfidence, "auto" as const)
    .option("--seed <n>", "equal seeds give equal results", finiteNumber, 0);
  return withViewOptions(withForceOption(withExifOption(withDepthSizeOption(withRefineOptions(command))))).action(
    (folder: string, photos: string[], flags: AddFlags) =>
      runAction(async (signal) => {
        const { addToFolder } = await import("../add-to-folder.ts");
        await addToFolder(folder, photos, flags, signal);
      }),
  );
}
