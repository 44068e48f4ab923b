import { Command, Option } from "commander";
import { LOCALIZATION_METHODS, LOCALIZE_DEFAULTS } from "../../pipeline/localize-options.ts";
import type { LocalizeFlags } from "../print-locations.ts";
import { runAction } from "../run-action.ts";
import { withRefineOptions } from "../scene-options.ts";
import { finiteNumber, positiveInteger, withExifOption, withViewOptions } from "../shared-options.ts";

/** `dust3r localize`: where photos were taken, in a known place. */
export function localizeCommand(): Command {
  const command = new Command("localize")
    .description("camera poses of photos in a map: a reconstructed scene, a COLMAP model or posed RGB-D photos")
    .argument("<queries...>", "photos and folders of photos")
    .requiredOption("--map <folder>", "what `dust3r reconstruct -o` wrote, a COLMAP model, or a scene.json with depth")
    .option("--photos <folder>", "where the map's photos are (default: looked for in and beside the map)")
    .addOption(
      new Option("--method <method>", "how the network locates them")
        .choices(LOCALIZATION_METHODS)
        .default(LOCALIZE_DEFAULTS.method),
    )
    .option(
      "--top <k>",
      "compare each query with the k photos of the map most like it",
      positiveInteger,
      LOCALIZE_DEFAULTS.top,
    )
    .option(
      "--intrinsics <file>",
      "the queries' intrinsics, where they are known: JSON, transforms.json or COLMAP cameras",
    )
    .option("--seed <n>", "equal seeds give equal results", finiteNumber, LOCALIZE_DEFAULTS.seed);
  return withViewOptions(withExifOption(withRefineOptions(command))).action((queries: string[], flags: LocalizeFlags) =>
    runAction(async (signal) => {
      const { printLocations } = await import("../print-locations.ts");
      await printLocations(queries, flags, signal);
    }),
  );
}
