import { Command } from "commander";
import { DEFAULT_EXPORT_KINDS } from "../../export/export-kinds.ts";
import { runAction } from "../run-action.ts";
import { type OutputFlags, RESUME_HINT, withOutputOptions } from "../shared-options.ts";

/** `dust3r demo`: the main job on the sample photos that ship with the package. */
export function demoCommand(): Command {
  return withOutputOptions(new Command("demo"))
    .description("reconstruct the sample photos that come with dust3r")
    .option("-o, --output <folder>", "where to write the scene", "dust3r-demo")
    .action((flags: OutputFlags & { readonly output: string }) =>
      runAction(async (signal) => {
        const [{ reconstructToFolder }, { RECONSTRUCT_DEFAULTS }, { packageFolder }] = await Promise.all([
          import("../reconstruct-to-folder.ts"),
          import("../../pipeline/reconstruct-options.ts"),
          import("#platform"),
        ]);
        const photos = packageFolder("examples/photos");
        if (!flags.quiet) process.stderr.write(`reconstructing the photos of ${photos}; well under a minute\n`);
        const { refine, featureSize } = RECONSTRUCT_DEFAULTS;
        const defaults = { device: "auto", dtype: "fp32", pairs: "auto", minConfidence: 3, seed: 0 } as const;
        await reconstructToFolder(
          [photos],
          { ...defaults, refine, featureSize, ...flags, export: DEFAULT_EXPORT_KINDS, resume: true },
          signal,
        );
      }, RESUME_HINT),
    );
}
