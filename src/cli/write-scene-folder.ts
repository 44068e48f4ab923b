import { encodeJpeg, joinPath, type OutputFolder, packageFolder, readText, uprightPhoto } from "#platform";
import type { Logger } from "../core/logger.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import type { ExportKind } from "../export/export-kinds.ts";
import type { RunFacts } from "../export/scene-json.ts";
import { writeScene } from "../export/write-scene.ts";
import { printOut } from "./printable.ts";

/** The viewer is about a megabyte of script. */
const VIEWER_LIMIT = 16 * 2 ** 20;

/** A scene to be written, and what the command line says of writing. */
export interface SceneFolder extends RunOptions {
  readonly scene: Scene;
  readonly views: readonly View[];
  /** The paths of the photos, one for each view: some exports come with copies of them. */
  readonly photos?: readonly string[] | undefined;
  readonly run: RunFacts;
  /** Open; it is committed here. */
  readonly folder: OutputFolder;
  /** What to call the folder to the user. */
  readonly output: string;
  readonly kinds: readonly ExportKind[];
  readonly minConfidence: number;
  readonly logger: Logger;
  /** What is printed in the end. */
  readonly print: "json" | "summary" | "nothing";
}

/** Writes a scene's files to a folder, all at once or not at all; warns of what speaks against it and prints the result. */
export async function writeSceneFolder(job: SceneFolder): Promise<void> {
  const { scene, views, photos, run, folder, output, kinds, minConfidence, logger, print, onProgress, signal } = job;
  let sceneJson = "";
  const sink = {
    write: async (name: string, bytes: Uint8Array) => {
      if (name === "scene.json") sceneJson = new TextDecoder().decode(bytes).trim();
      await folder.write(name, bytes);
    },
  };
  const { files, warnings } = await writeScene(scene, views, sink, {
    run,
    encodeJpeg,
    loadViewerHtml: async () => (await readText(joinPath(packageFolder("dist/export"), "viewer.html"), VIEWER_LIMIT))!,
    loadPhoto: photos && ((i, format) => uprightPhoto(photos[i]!, format, views[i]!.photoHash)),
    kinds,
    minConfidence,
    onProgress,
    signal,
  });
  signal?.throwIfAborted();
  await folder.commit();

  for (const warning of warnings) logger.warn(warning);
  if (print === "json") await printOut(sceneJson);
  if (print === "summary") {
    const registered = scene.images.filter((image) => image.registered).length;
    await printOut(
      `${registered} of ${views.length} photos registered; wrote ${files.length} files to ${output}` +
        (files.includes("index.html") ? `\nopen ${joinPath(output, "index.html")} in a browser` : ""),
    );
  }
}
