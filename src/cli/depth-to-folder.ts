import { joinPath } from "#platform";
import { writeDepthFolder } from "../pipeline/depth-folder.ts";
import type { DepthFormat } from "../pipeline/depth-formats.ts";
import { reconstruct } from "../pipeline/reconstruct.ts";
import { openResumeStore } from "../pipeline/resume-store.ts";
import { parsePairGraph } from "./pair-graph.ts";
import { modelOptions, type PhotoFlags, printOut } from "./shared-options.ts";
import { withTerminal } from "./terminal.ts";

/** What the command line says of depth maps. */
export interface DepthFlags extends PhotoFlags {
  readonly format: readonly DepthFormat[];
  readonly seed: number;
}

/** Writes a depth map for every photo, and beside each what its numbers mean; nothing appears unless all does. */
export async function depthToFolder(photos: readonly string[], flags: DepthFlags, signal: AbortSignal): Promise<void> {
  const { output, seed, skipBroken, format: formats } = flags;
  await withTerminal(flags, signal, async (run) => {
    const resume = await openResumeStore(joinPath(output, ".resume"), flags);
    const pairs = await parsePairGraph(flags.pairs, photos);
    const scene = { pairs, skipBroken, seed };
    const result = await reconstruct(photos, { ...modelOptions(flags), ...scene, store: resume.store, ...run });
    const written = await writeDepthFolder(result, output, { formats, ...run });
    await resume.remove();
    run.stopProgress();
    for (const name of written.left_out)
      run.logger.warn(`${name} could not be connected to the other photos: it has no depth map.`);
    if (flags.json) await printOut(JSON.stringify({ ...written, warnings: run.logger.warnings }));
    else if (!flags.quiet)
      await printOut(`wrote depth maps of ${written.images.length} photos to ${joinPath(output, "depth")}`);
  });
}
