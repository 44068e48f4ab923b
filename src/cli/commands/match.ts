import { Command } from "commander";
import type { MatchFlags } from "../print-matches.ts";
import { runAction } from "../run-action.ts";
import { finiteNumber, withForceOption, withViewOptions } from "../shared-options.ts";

/** `dust3r match`: corresponding pixels of two photos. */
export function matchCommand(): Command {
  const command = new Command("match")
    .description("corresponding pixels of two photos, in their original pixels")
    .argument("<photos...>", "two photos, or a folder of two")
    .option("--min-confidence <c>", "match only pixels of at least this confidence (default: 3, or less)", finiteNumber)
    .option("--draw <file>", "draw the matches between both photos, side by side: a .jpg or .png file");
  return withViewOptions(withForceOption(command)).action((photos: string[], flags: MatchFlags) =>
    runAction(async (signal) => {
      const { printMatches } = await import("../print-matches.ts");
      await printMatches(photos, flags, signal);
    }),
  );
}
