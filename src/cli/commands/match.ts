import { Command, Option } from "commander";
import { MATCH_METHODS } from "../../pipeline/match-methods.ts";
import type { MatchFlags } from "../print-matches.ts";
import { runAction } from "../run-action.ts";
import { withFeatureSizeOption } from "../scene-options.ts";
import { finiteNumber, withForceOption, withViewOptions } from "../shared-options.ts";

/** `dust3r match`: corresponding pixels of two photos. */
export function matchCommand(): Command {
  const command = new Command("match")
    .description("corresponding pixels of two photos, in their original pixels")
    .argument("<photos...>", "two photos, or a folder of two")
    .addOption(
      new Option("--method <method>", "pixels by the network's points, or local features that agree on one pose")
        .choices(MATCH_METHODS)
        .default(MATCH_METHODS[0]),
    )
    .option(
      "--min-confidence <c>",
      "match only pixels of at least this confidence (default: 3, or less; of features all)",
      finiteNumber,
    )
    .option("--draw <file>", "draw the matches between both photos, side by side: a .jpg or .png file");
  return withViewOptions(withForceOption(withFeatureSizeOption(command))).action(
    (photos: string[], flags: MatchFlags) =>
      runAction(async (signal) => {
        const { printMatches } = await import("../print-matches.ts");
        await printMatches(photos, flags, signal);
      }),
  );
}
