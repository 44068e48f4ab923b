import { joinPath } from "#platform";
import { findPhotos } from "../images/find-photos.ts";
import { uniqueNames } from "../images/unique-names.ts";
import { claimDepthFolder, writeDepthFolder } from "../pipeline/depth-folder.ts";
import type { DepthFormat } from "../pipeline/depth-formats.ts";
import { reconstruct } from "../pipeline/reconstruct.ts";
import { openResumeStore } from "../pipeline/resume-store.ts";
import { parsePairChoice } from "./parse-pair-choice.ts";
import type { DenseFlags } from "./scene-options.ts";
import { type ExifFlags, modelOptions, type PhotoFlags } from "./shared-options.ts";
import { printOut } from "./standard-output.ts";
import { withTerminal } from "./terminal.ts";

/** Flags of `dust3r depth`. */
export interface DepthFlags extends PhotoFlags, ExifFlags, DenseFlags {
  readonly format: readonly DepthFormat[];
  readonly seed: number;
}

/** Writes a depth map for every photo, and beside each what its numbers mean; nothing appears unless all does. */
export async function depthToFolder(photos: readonly string[], flags: DepthFlags, signal: AbortSignal): Promise<void> {
  const { output, seed, force, skipBroken, dense, depthSize, format: formats } = flags;
  await withTerminal(flags, signal, async (run) => {
    const files = await findPhotos(photos);
    await claimDepthFolder(output, {
      names: uniqueNames(files),
      inputs: files,
      formats,
      isDense: dense !== "none",
      force,
    });
    const resume = await openResumeStore(joinPath(output, ".resume"), flags);
    const pairs = await parsePairChoice(flags.pairs, files, run.logger);
    const { memory } = flags;
    const scene = { pairs, memory, skipBroken, seed, dense, depthSize, priors: { ignoreExif: flags.exif === false } };
    const result = await reconstruct(files, { ...modelOptions(flags), ...scene, store: resume.store, ...run });
    const written = await writeDepthFolder(result, output, { formats, force, ...run });
    await resume.remove();
    run.stopProgress();
    for (const warning of written.warnings) run.logger.warn(warning);
    if (flags.json) await printOut(JSON.stringify({ ...written, warnings: run.logger.warnings }));
    else if (!flags.quiet) {
      const { length } = written.images;
      const maps = length === 1 ? "the depth map of 1 photo" : `depth maps of ${length} photos`;
      await printOut(`wrote ${maps} to ${joinPath(output, "depth")}`);
    }
  });
}
