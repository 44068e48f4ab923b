import {
  encodeJpeg,
  folderStore,
  joinPath,
  openOutputFolder,
  packageFolder,
  readText,
  removeFolderStore,
} from "#platform";
import { writeScene } from "../export/write-scene.ts";
import { reconstruct } from "../reconstruct.ts";
import type { ReconstructFlags } from "./commands/reconstruct.ts";
import { parsePairGraph } from "./pair-graph.ts";
import { printOut } from "./shared-options.ts";
import { terminalLogger } from "./terminal-logger.ts";
import { terminalProgress } from "./terminal-progress.ts";

/** Holds what an interrupted run finished; gone once the scene is written. */
const RESUME_FOLDER = ".resume";

/** The viewer is about a megabyte of script. */
const VIEWER_LIMIT = 16 * 2 ** 20;

/** Reconstructs photos and writes everything that was asked for to a folder; nothing appears there unless all does. */
export async function reconstructToFolder(
  photos: readonly string[],
  flags: ReconstructFlags,
  signal: AbortSignal,
): Promise<void> {
  const { output, json = false, quiet = false, minConfidence } = flags;
  const progress = terminalProgress(quiet);
  const logger = terminalLogger(progress, quiet);
  await using folder = await openOutputFolder(output);
  try {
    const resumeFolder = joinPath(output, RESUME_FOLDER);
    if (!flags.resume) await removeFolderStore(resumeFolder);
    const { model, device, dtype, threads, size, fit, seed } = flags;
    const { onProgress } = progress;
    const pairs = await parsePairGraph(flags.pairs, photos);
    const options = {
      model,
      device,
      dtype,
      threads,
      size,
      fit,
      pairs,
      minConfidence,
      seed,
      logger,
      onProgress,
      signal,
    };
    const result = await reconstruct(photos, { ...options, store: folderStore(resumeFolder) });

    let sceneJson = "";
    const sink = {
      write: async (name: string, bytes: Uint8Array) => {
        if (name === "scene.json") sceneJson = new TextDecoder().decode(bytes).trim();
        await folder.write(name, bytes);
      },
    };
    const { files, warnings } = await writeScene(result.scene, result.views, sink, {
      run: {
        model: { name: result.checkpoint.name, dtype, device: result.device },
        timings: result.timings,
        peakMemoryBytes: result.peakMemory + process.resourceUsage().maxRSS * 1024,
      },
      encodeJpeg,
      loadViewerHtml: async () =>
        (await readText(joinPath(packageFolder("dist/export"), "viewer.html"), VIEWER_LIMIT))!,
      kinds: flags.export,
      minConfidence,
      onProgress,
      signal,
    });
    signal.throwIfAborted();
    await folder.commit();
    await removeFolderStore(resumeFolder);

    for (const warning of warnings) logger.warn(warning);
    const registered = result.scene.images.filter((image) => image.registered).length;
    if (json) await printOut(sceneJson);
    else if (!quiet) {
      await printOut(
        `${registered} of ${result.views.length} photos registered; wrote ${files.length} files to ${output}` +
          (files.includes("index.html") ? `\nopen ${joinPath(output, "index.html")} in a browser` : ""),
      );
    }
  } finally {
    progress.stop();
  }
}
