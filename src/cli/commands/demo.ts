import { Command } from "commander";
import { EXPORT_KINDS } from "../../export/export-kinds.ts";
import { runAction } from "../run-action.ts";

/** `dust3r demo`: the main job on the sample photos that ship with the package. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("reconstruct the sample photos that come with dust3r")
    .option("-o, --output <folder>", "where to write the scene", "dust3r-demo")
    .action(({ output }: { output: string }) =>
      runAction(async (signal) => {
        const [{ reconstructToFolder }, { packageFolder }] = await Promise.all([
          import("../reconstruct-to-folder.ts"),
          import("#platform"),
        ]);
        const photos = packageFolder("examples/photos");
        process.stderr.write(`reconstructing the photos of ${photos}; this takes well under a minute\n`);
        const defaults = { device: "auto", dtype: "fp32", pairs: "complete", minConfidence: 3, seed: 0 } as const;
        await reconstructToFolder([photos], { ...defaults, output, export: EXPORT_KINDS, resume: true }, signal);
      }),
    );
}
