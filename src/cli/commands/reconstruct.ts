import { Command, InvalidArgumentError } from "commander";
import { EXPORT_KINDS, type ExportKind } from "../../export/export-kinds.ts";
import { runAction } from "../run-action.ts";
import { finiteNumber, PAIRS_HELP, type PhotoFlags, RESUME_HINT, withPhotoOptions } from "../shared-options.ts";

/** What the command line says of a reconstruction. */
export interface ReconstructFlags extends PhotoFlags {
  readonly minConfidence: number;
  readonly export: readonly ExportKind[];
  readonly seed: number;
}

/** `dust3r reconstruct`: the main job. */
export function reconstructCommand(): Command {
  const command = new Command("reconstruct")
    .description("photos to a dense 3D scene: points, cameras, depth maps and a viewer page")
    .argument("<photos...>", "photos and folders of photos, in any order; one photo alone works too")
    .requiredOption("-o, --output <folder>", "where to write the scene")
    .option("--min-confidence <c>", "leave out points below this confidence", finiteNumber, 3)
    .option("--export <kinds>", `comma-separated: ${EXPORT_KINDS.join(",")}`, parseKinds, EXPORT_KINDS)
    .option("--seed <n>", "equal seeds give equal scenes", finiteNumber, 0);
  return withPhotoOptions(command, PAIRS_HELP).action((photos: string[], flags: ReconstructFlags) =>
    runAction(async (signal) => {
      const { reconstructToFolder } = await import("../reconstruct-to-folder.ts");
      await reconstructToFolder(photos, flags, signal);
    }, RESUME_HINT),
  );
}

function parseKinds(text: string): ExportKind[] {
  return text.split(",").map((kind) => {
    if ((EXPORT_KINDS as readonly string[]).includes(kind)) return kind as ExportKind;
    throw new InvalidArgumentError(`"${kind}" is none of ${EXPORT_KINDS.join(", ")}.`);
  });
}
