import { folderStore, joinPath, openOutputFolder, removeFolderStore } from "#platform";
import type { SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { checkScene } from "../export/check-scene.ts";
import { encodeDepthMap, mapScale } from "../export/depth-maps.ts";
import { originalDepth } from "../export/original-pixels.ts";
import { outputNames } from "../export/output-names.ts";
import { calibrationRows } from "../export/scene-json.ts";
import { encodeExr } from "../formats/exr-writer.ts";
import { encodeNpz } from "../formats/npz.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { reconstruct } from "../pipeline/reconstruct.ts";
import type { DepthFlags, DepthFormat } from "./commands/depth.ts";
import { parsePairGraph } from "./pair-graph.ts";
import { printOut } from "./printable.ts";
import { networkOptions } from "./shared-options.ts";
import { terminalLogger } from "./terminal-logger.ts";
import { terminalProgress } from "./terminal-progress.ts";

/** Holds what an interrupted run finished; gone once the maps are written. */
const RESUME_FOLDER = ".resume";

/** Writes a depth map for every photo, and beside each what its numbers mean; nothing appears unless all does. */
export async function depthToFolder(photos: readonly string[], flags: DepthFlags, signal: AbortSignal): Promise<void> {
  const { output, json = false, quiet = false } = flags;
  const progress = terminalProgress(quiet);
  const logger = terminalLogger(progress, quiet);
  await using folder = await openOutputFolder(output);
  try {
    const resumeFolder = joinPath(output, RESUME_FOLDER);
    if (!flags.resume) await removeFolderStore(resumeFolder);
    const run = { logger, onProgress: progress.onProgress, signal };
    const pairs = await parsePairGraph(flags.pairs, photos);
    const { scene, views } = await reconstruct(photos, {
      ...networkOptions(flags),
      ...run,
      pairs,
      seed: flags.seed,
      store: folderStore(resumeFolder),
    });
    checkScene(scene, views);

    const names = outputNames(views);
    const images = [];
    for (const [i, image] of scene.images.entries()) {
      signal.throwIfAborted();
      const view = views[i]!;
      if (!image.registered) {
        logger.warn(`${view.name} could not be connected to the other photos: it has no depth map.`);
        continue;
      }
      const description = describeDepth(image, view);
      await folder.write(`depth/${names[i]}.json`, new TextEncoder().encode(`${JSON.stringify(description)}\n`));
      for (const format of flags.format) {
        await folder.write(`depth/${names[i]}.${format}`, await ENCODERS[format](image, view));
      }
      images.push({ file: view.name, depth: `depth/${names[i]}.${flags.format[0]}`, ...description });
      progress.onProgress({ stage: "export", done: i + 1, total: views.length, item: view.name });
    }
    await folder.commit();
    await removeFolderStore(resumeFolder);
    progress.stop();
    if (json) await printOut(JSON.stringify({ units: scene.units, images }));
    else if (!quiet) await printOut(`wrote depth maps of ${images.length} photos to ${joinPath(output, "depth")}`);
  } finally {
    progress.stop();
  }
}

type EncodeDepth = (image: SceneImage, view: View) => Uint8Array | Promise<Uint8Array>;

/** NPZ and EXR hold the z-depth itself, in floats. */
const ENCODERS: Readonly<Record<DepthFormat, EncodeDepth>> = {
  png: encodeDepthMap,
  npz(image, view) {
    const { width, height } = view.original;
    const K = Float64Array.from(originalCalibration(image, view).flat());
    const depth = { shape: [height, width], data: originalDepth(image.depth, view) };
    return encodeNpz({ depth, K: { shape: [3, 3], data: K } });
  },
  exr(image, view) {
    return encodeExr({ ...view.original, channels: new Map([["Z", originalDepth(image.depth, view)]]) });
  },
};

/** What `NAME.json` says: z-depth = scale × value of the PNG, 0 where there is none, and K in original pixels. */
function describeDepth(image: SceneImage, view: View) {
  return { scale: mapScale(image.depth), K: originalCalibration(image, view) };
}

function originalCalibration({ intrinsics }: SceneImage, { originalFromNetwork }: View): number[][] {
  return calibrationRows(originalIntrinsics(intrinsics, originalFromNetwork));
}
