import { Command, Option } from "commander";
import type { LocalizationMethod } from "../../pipeline/localize-photos.ts";
import { runAction } from "../run-action.ts";
import { finiteNumber, positiveInteger, type ViewFlags, withViewOptions } from "../shared-options.ts";

/** What the command line says of localization. */
export interface LocalizeFlags extends ViewFlags {
  readonly map: string;
  readonly photos?: string;
  readonly method: LocalizationMethod;
  readonly top: number;
  readonly intrinsics?: string;
  readonly seed: number;
}

const METHODS: readonly LocalizationMethod[] = ["correspondences", "relative"];

/** `dust3r localize`: where photos were taken, in a known place. */
export function localizeCommand(): Command {
  const command = new Command("localize")
    .description("camera poses of photos in a map: a reconstructed scene, a COLMAP model or posed RGB-D photos")
    .argument("<queries...>", "photos and folders of photos")
    .requiredOption("--map <folder>", "what `dust3r reconstruct -o` wrote, a COLMAP model, or a scene.json with depth")
    .option("--photos <folder>", "where the map's photos are (default: looked for in and beside the map)")
    .addOption(new Option("--method <method>", "how").choices(METHODS).default(METHODS[0]))
    .option("--top <k>", "compare each query with the k photos of the map most like it", positiveInteger, 20)
    .option("--intrinsics <file>", "JSON with the queries' intrinsics, where they are known")
    .option("--seed <n>", "equal seeds give equal results", finiteNumber, 0);
  return withViewOptions(command).action((queries: string[], flags: LocalizeFlags) =>
    runAction(async (signal) => {
      const { printLocations } = await import("../print-locations.ts");
      await printLocations(queries, flags, signal);
    }),
  );
}
