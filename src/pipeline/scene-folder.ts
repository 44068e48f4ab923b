import { joinPath, openOutputFolder, packageFolder, pathContent, readText } from "#platform";
import type { BlobStore } from "../core/blob-store.ts";
import type { NamedBytes } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import { DEFAULT_EXPORT_KINDS, EXPORT_KINDS, type ExportKind } from "../export/export-kinds.ts";
import { FILES_OF_KIND, plannedNames } from "../export/planned-names.ts";
import type { LeastConfidence } from "../export/point-filter.ts";
import type { WrittenScene } from "../export/write-scene.ts";
import type { Reconstruction } from "./reconstruction.ts";
import { openResumeStore, type ResumeOptions } from "./resume-store.ts";
import { writeSceneFiles } from "./scene-files.ts";

/** The viewer is about a megabyte of script. */
const VIEWER_LIMIT = 16 * 2 ** 20;
/** Holds what an interrupted run finished; gone once the scene is written. */
const RESUME_FOLDER = ".resume";

/** What is written of a scene. */
export interface WriteSceneFolderOptions extends RunOptions {
  /** `DEFAULT_EXPORT_KINDS` when left out. */
  readonly kinds?: readonly ExportKind[] | undefined;
  /** Pixels of less confidence become no points; `auto`, which fits the scene, when left out. */
  readonly minConfidence?: LeastConfidence | undefined;
  /** Files of points have at most so many, an even choice; all when left out. */
  readonly mostPoints?: number | undefined;
  /** Replaces also files that no earlier run wrote, or that were changed since; refused when left out. */
  readonly force?: boolean | undefined;
}

/** What is to be written, as far as it is known before the work. */
export interface ScenePlan {
  /** The photos' names, in the order of the scene. */
  readonly names: readonly string[];
  /** The photos' files: never replaced. */
  readonly inputs: readonly string[];
  /** `DEFAULT_EXPORT_KINDS` when left out. */
  readonly kinds?: readonly ExportKind[] | undefined;
  /** Replaces also files that no earlier run wrote, or that were changed since. */
  readonly force?: boolean | undefined;
  /** Depth will be measured: there will be maps of where it comes from. */
  readonly isDense?: boolean | undefined;
}

/** A folder that receives the files of one scene, all at once or not at all. */
export interface SceneFolder extends AsyncDisposable {
  /** Keeps finished pairs until the scene is written, so that a run which was interrupted can go on. */
  readonly store: BlobStore;
  /** Throws an `InputError`, before any work, where writing would replace what no earlier run wrote. */
  claim(plan: ScenePlan): Promise<void>;
  /** Writes the scene; what an earlier scene left in the folder is replaced. */
  write(result: Reconstruction, options?: WriteSceneFolderOptions): Promise<WrittenScene>;
  /** Writes the files of a scene that were made elsewhere, instead. */
  receive(files: AsyncIterable<NamedBytes>, options?: Pick<WriteSceneFolderOptions, "force" | "signal">): Promise<void>;
}

/** Opens a folder for a scene, making it if need be; an `InputError` when it cannot be written to. */
export async function openSceneFolder(path: string, options: ResumeOptions = {}): Promise<SceneFolder> {
  const folder = await openOutputFolder(path, "protect-and-clear");
  const resume = await openResumeStore(joinPath(path, RESUME_FOLDER), options);
  return {
    store: resume.store,
    claim: ({ names, kinds = DEFAULT_EXPORT_KINDS, isDense, ...rules }) =>
      folder.claim(
        plannedNames(
          names.map((name) => ({ name })),
          kinds,
          isDense,
        ),
        rules,
      ),
    async write(result, { force, ...options } = {}) {
      const written = await writeSceneFiles(result, folder, { ...options, loadViewerHtml });
      options.signal?.throwIfAborted();
      await folder.commit({ force });
      await resume.remove();
      return written;
    },
    async receive(files, { force, signal } = {}) {
      for await (const { name, bytes } of files) await folder.write(name, bytes);
      signal?.throwIfAborted();
      await folder.commit({ force });
      await resume.remove();
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/**
 * Writes a scene's folder: `scene.json` and the chosen kinds, in original pixels, all at once or not at all.
 * @throws InputError when the folder cannot be written to or holds files of these names that no earlier run wrote, or the
 * scene holds numbers that are not finite
 */
export async function writeSceneFolder(
  result: Reconstruction,
  path: string,
  options: WriteSceneFolderOptions = {},
): Promise<WrittenScene> {
  await using folder = await openSceneFolder(path);
  return await folder.write(result, options);
}

/** The kinds that a scene's folder was written with. Depth maps are always among them: without, it could not be extended. */
export async function writtenKinds(path: string): Promise<readonly ExportKind[]> {
  const kinds: ExportKind[] = ["depth"];
  for (const kind of EXPORT_KINDS) {
    const [sign] = FILES_OF_KIND[kind];
    if (sign !== undefined && (await pathContent(joinPath(path, sign))).kind === "file") kinds.push(kind);
  }
  return kinds;
}

/** The built viewer page, into which a scene is put. */
export async function loadViewerHtml(): Promise<string> {
  return (await readText(joinPath(packageFolder("dist/export"), "viewer.html"), VIEWER_LIMIT))!;
}
