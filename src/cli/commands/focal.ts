import { Command } from "commander";
import { runAction } from "../run-action.ts";
import { type ViewFlags, withViewOptions } from "../shared-options.ts";

/** `dust3r focal`: focal lengths of one or two photos. */
export function focalCommand(): Command {
  const command = new Command("focal")
    .description("focal length of a photo in its original pixels; a second photo of the same place helps")
    .argument("<photos...>", "one photo, or two of the same place");
  return withViewOptions(command).action((photos: string[], flags: ViewFlags) =>
    runAction(async (signal) => {
      const { printFocals } = await import("../print-focals.ts");
      await printFocals(photos, flags, signal);
    }),
  );
}
