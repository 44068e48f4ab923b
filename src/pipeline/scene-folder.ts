import {
  encodeJpeg,
  joinPath,
  openOutputFolder,
  packageFolder,
  pathContent,
  peakMemory,
  readText,
  uprightPhoto,
} from "#platform";
import type { BlobStore } from "../core/blob-store.ts";
import type { RunOptions } from "../core/progress.ts";
import type { ExportKind } from "../export/export-kinds.ts";
import { type WrittenScene, writeScene } from "../export/write-scene.ts";
import { straighten } from "../images/undistort.ts";
import type { SceneJson } from "../scene-file/scene-schema.ts";
import type { Reconstruction } from "./reconstruction.ts";
import { openResumeStore, type ResumeOptions } from "./resume-store.ts";

/** The viewer is about a megabyte of script. */
const VIEWER_LIMIT = 16 * 2 ** 20;
/** Holds what an interrupted run finished; gone once the scene is written. */
const RESUME_FOLDER = ".resume";

/** What is written of a scene. */
export interface WriteSceneFolderOptions extends RunOptions {
  /** `DEFAULT_EXPORT_KINDS` when left out. */
  readonly kinds?: readonly ExportKind[] | undefined;
  /** Pixels of less confidence become no points; 3 when left out. Lowered where next to nothing would remain. */
  readonly minConfidence?: number | undefined;
}

/** What was written of a scene. */
export interface WrittenSceneFolder extends WrittenScene {
  /** The content of `scene.json`. */
  readonly sceneJson: SceneJson;
}

/** A folder that receives the files of one scene, all at once or not at all. */
export interface SceneFolder extends AsyncDisposable {
  /** Keeps finished pairs until the scene is written, so that a run which was interrupted can go on. */
  readonly store: BlobStore;
  /** Writes the scene; what an earlier scene left in the folder is replaced. */
  write(result: Reconstruction, options?: WriteSceneFolderOptions): Promise<WrittenSceneFolder>;
}

/** Opens a folder for a scene, making it if need be; an `InputError` when it cannot be written to. */
export async function openSceneFolder(path: string, options: ResumeOptions = {}): Promise<SceneFolder> {
  const folder = await openOutputFolder(path, { replaceEarlier: true });
  const resume = await openResumeStore(joinPath(path, RESUME_FOLDER), options);
  return {
    store: resume.store,
    async write({ scene, views, files: photos, warnings, run }, { kinds, minConfidence, onProgress, signal } = {}) {
      let sceneJson = "";
      const sink = {
        async write(name: string, bytes: Uint8Array) {
          if (name === "scene.json") sceneJson = new TextDecoder().decode(bytes);
          await folder.write(name, bytes);
        },
      };
      const written = await writeScene(scene, views, sink, {
        run: { ...run, peakMemoryBytes: run.peakMemoryBytes + peakMemory() },
        encodeJpeg,
        loadViewerHtml,
        loadPhoto:
          photos &&
          ((i, format) => {
            const { straightening } = views[i]!;
            return uprightPhoto(photos[i]!, format, straightening && ((photo) => straighten(photo, straightening)));
          }),
        warnings,
        kinds,
        minConfidence,
        onProgress,
        signal,
      });
      signal?.throwIfAborted();
      await folder.commit();
      await resume.remove();
      return { ...written, sceneJson: JSON.parse(sceneJson) as SceneJson };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/**
 * Writes a scene's folder: `scene.json` and the chosen kinds, in original pixels, all at once or not at all.
 * @throws InputError when the folder cannot be written to, or the scene holds numbers that are not finite
 */
export async function writeSceneFolder(
  result: Reconstruction,
  path: string,
  options: WriteSceneFolderOptions = {},
): Promise<WrittenSceneFolder> {
  await using folder = await openSceneFolder(path);
  return await folder.write(result, options);
}

/** A file by which one sees that a scene was written with a kind. */
const SIGNS: readonly (readonly [kind: ExportKind, file: string])[] = [
  ["ply", "points.ply"],
  ["glb", "scene.glb"],
  ["mesh", "mesh.glb"],
  ["colmap", "colmap/sparse/0/cameras.bin"],
  ["colmap-text", "colmap/sparse/0/cameras.txt"],
  ["nerfstudio", "transforms.json"],
  ["report", "index.html"],
];

/** The kinds that a scene's folder was written with. Depth maps are always among them: without, it could not be extended. */
export async function writtenKinds(path: string): Promise<readonly ExportKind[]> {
  const kinds: ExportKind[] = ["depth"];
  for (const [kind, file] of SIGNS) {
    if ((await pathContent(joinPath(path, file))).kind === "file") kinds.push(kind);
  }
  return kinds;
}

async function loadViewerHtml(): Promise<string> {
  return (await readText(joinPath(packageFolder("dist/export"), "viewer.html"), VIEWER_LIMIT))!;
}
