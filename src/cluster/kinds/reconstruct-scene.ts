import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { InputError, isUserError } from "../../core/errors.ts";
import { type Logger, silentLogger } from "../../core/logger.ts";
import { segmentsOf } from "../../core/photo-names.ts";
import type { NamedBytes, Picture } from "../../core/picture.ts";
import type { ExportKind } from "../../export/export-kinds.ts";
import type { LeastConfidence } from "../../export/point-filter.ts";
import { uniqueNames } from "../../images/unique-names.ts";
import { reconstruct } from "../../pipeline/reconstruct.ts";
import type { SceneOptions } from "../../pipeline/reconstruct-options.ts";
import { writeSceneFiles } from "../../pipeline/scene-files.ts";
import { loadViewerHtml } from "../../pipeline/scene-folder.ts";
import type { ModelRef } from "../model-ref.ts";
import type { FindPhoto, PhotoRef } from "../photo-ref.ts";
import { putByContent, readPriors } from "../stored-priors.ts";
import type { TaskKind } from "../task-kind.ts";

/** How a scene is made; what is known of its photos has a key of its own. */
export type SceneSettings = Pick<
  SceneOptions,
  "pairs" | "align" | "refine" | "featureSize" | "dense" | "depthSize" | "minConfidence" | "seed" | "skipBroken"
>;

/** A scene that is to be reconstructed and written. */
export interface ReconstructSceneInput {
  readonly model: ModelRef;
  readonly photos: readonly PhotoRef[];
  readonly settings: SceneSettings;
  /** Of `storePriors`. */
  readonly priors: string;
  readonly kinds: readonly ExportKind[];
  /** Of points. */
  readonly minConfidence: LeastConfidence;
}

/** A scene's files, and what was said while it was made. */
export interface SceneInStore {
  readonly files: readonly { readonly name: string; readonly key: string }[];
  readonly warnings: readonly string[];
  readonly notes: readonly { readonly level: keyof Logger; readonly text: string }[];
}

/**
 * A scene, by the same function that reconstructs on one machine: it finds encodings, features and predictions in the store, and
 * does itself what it does not find. The files are left there, too.
 */
export const reconstructScene: TaskKind<ReconstructSceneInput, SceneInStore> = {
  name: "scene",
  stage: "align",
  version: 1,
  items: () => 1,
  photos: ({ photos }) => photos.map(({ name }) => name),
  async run({ model: ref, photos, settings, priors, kinds, minConfidence }, context) {
    const { store, openModel, findPhoto, onProgress, signal } = context;
    const model = await openModel(ref);
    const folder = await mkdtemp(join(tmpdir(), "dust3r-scene-"));
    const given = (text: string) => text.replaceAll(`${folder}/`, "");
    const notes: SceneInStore["notes"][number][] = [];
    const note = (level: keyof Logger) => (text: string) => void notes.push({ level, text: given(text) });
    const logger = { ...silentLogger, info: note("info"), warn: note("warn"), error: note("error") };
    const files: SceneInStore["files"][number][] = [];
    const run = { onProgress, signal };
    try {
      const result = await reconstruct(await photosIn(folder, photos, findPhoto), {
        ...settings,
        ...run,
        model,
        priors: await readPriors(store, priors),
        store,
        logger,
      });
      const sink = {
        async write(name: string, bytes: Uint8Array) {
          files.push({ name, key: await putByContent(store, "file", bytes) });
        },
      };
      const { warnings } = await writeSceneFiles(result, sink, { kinds, minConfidence, loadViewerHtml, ...run });
      return { files, warnings, notes };
    } catch (error) {
      if (!isUserError(error)) throw error;
      throw new InputError(given(error.message), { cause: error, remedies: error.remedies });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** The photos as files of a folder, since all of them may not fit in memory; in memory where the folder would change their names. */
async function photosIn(
  folder: string,
  photos: readonly PhotoRef[],
  findPhoto: FindPhoto,
): Promise<readonly (Picture | NamedBytes)[]> {
  const paths = photos.map(({ path }) => join(folder, ...segmentsOf(path)));
  const names = uniqueNames(paths);
  const keepsNames = photos.every(({ name }, i) => name === names[i]) && new Set(paths).size === paths.length;
  const found: Picture[] = [];
  for (const [i, photo] of photos.entries()) {
    const picture = await findPhoto(photo);
    if (typeof picture === "string" || !keepsNames) found.push(picture);
    else {
      await mkdir(dirname(paths[i]!), { recursive: true });
      await writeFile(paths[i]!, picture.bytes);
      found.push(paths[i]!);
    }
  }
  return found;
}
