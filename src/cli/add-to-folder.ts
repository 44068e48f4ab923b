import { joinPath, openOutputFolder, pathContent } from "#platform";
import { InputError } from "../core/errors.ts";
import type { ExportKind } from "../export/export-kinds.ts";
import { addPhotos } from "../pipeline/add-photos.ts";
import type { AddFlags } from "./commands/add.ts";
import { networkOptions } from "./shared-options.ts";
import { terminalLogger } from "./terminal-logger.ts";
import { terminalProgress } from "./terminal-progress.ts";
import { writeSceneFolder } from "./write-scene-folder.ts";

/** A file by which one sees that a scene was written with a kind. Depth maps are always there: they are the map. */
const SIGNS: readonly (readonly [kind: ExportKind, file: string])[] = [
  ["ply", "points.ply"],
  ["glb", "scene.glb"],
  ["mesh", "mesh.glb"],
  ["colmap", "colmap/sparse/0/cameras.bin"],
  ["colmap-text", "colmap/sparse/0/cameras.txt"],
  ["nerfstudio", "transforms.json"],
  ["report", "index.html"],
];

/** Adds photos to a scene's folder: all of its files are written anew, or none where no photo could be registered. */
export async function addToFolder(
  output: string,
  photos: readonly string[],
  flags: AddFlags,
  signal: AbortSignal,
): Promise<void> {
  const { dtype, top, seed, minConfidence, json = false, quiet = false } = flags;
  const progress = terminalProgress(quiet);
  const logger = terminalLogger(progress, quiet);
  const run = { logger, onProgress: progress.onProgress, signal };
  try {
    const started = performance.now();
    const network = { ...networkOptions(flags), ...run };
    const extended = await addPhotos(output, photos, { ...network, top, seed, scenePhotos: flags.photos });
    const { scene, views, files, problems, checkpoint, peakMemory } = extended;
    progress.stop();
    const added = views.length - extended.before;
    if (problems.length === added) throw new InputError(`${problems.join("\n")}\nThe scene was left as it is.`);
    for (const problem of problems) logger.warn(problem);

    await using folder = await openOutputFolder(output, { replaceEarlier: true });
    await writeSceneFolder({
      scene,
      views,
      photos: files,
      run: {
        model: { name: checkpoint.name, dtype, device: extended.device },
        timings: { adding: (performance.now() - started) / 1000 },
        peakMemoryBytes: peakMemory + process.resourceUsage().maxRSS * 1024,
      },
      folder,
      output,
      kinds: ["depth", ...(await kindsOf(output))],
      minConfidence,
      print: json ? "json" : quiet ? "nothing" : "summary",
      ...run,
    });
  } finally {
    progress.stop();
  }
}

async function kindsOf(folder: string): Promise<ExportKind[]> {
  const kinds: ExportKind[] = [];
  for (const [kind, file] of SIGNS) {
    if ((await pathContent(joinPath(folder, file))).kind === "file") kinds.push(kind);
  }
  return kinds;
}
