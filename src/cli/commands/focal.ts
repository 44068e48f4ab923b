import { Command } from "commander";
import type { FocalFlags } from "../print-focals.ts";
import { runAction } from "../run-action.ts";
import { withExifOption, withViewOptions } from "../shared-options.ts";

/** `dust3r focal`: the focal lengths of one photo, or of a few. */
export function focalCommand(): Command {
  const command = new Command("focal")
    .description("focal length of a photo in its original pixels; more photos of the same place help")
    .argument("<photos...>", "one photo, or a few of the same place")
    .option("--shared-focal", "all photos have one focal length");
  return withViewOptions(withExifOption(command)).action((photos: string[], flags: FocalFlags) =>
    runAction(async (signal) => {
      const { printFocals } = await import("../print-focals.ts");
      await printFocals(photos, flags, signal);
    }),
  );
}
