import { type Logger, silentLogger } from "../../core/logger.ts";
import type { ExportKind } from "../../export/export-kinds.ts";
import type { LeastConfidence } from "../../export/point-filter.ts";
import { reconstruct } from "../../pipeline/reconstruct.ts";
import type { SceneOptions } from "../../pipeline/reconstruct-options.ts";
import { writeSceneFiles } from "../../pipeline/scene-files.ts";
import { loadViewerHtml } from "../../pipeline/scene-folder.ts";
import type { ModelRef } from "../model-ref.ts";
import type { PhotoRef } from "../photo-ref.ts";
import { putByContent, readPriors } from "../stored-priors.ts";
import type { TaskKind } from "../task-kind.ts";
import { withPhotoFolder } from "./photo-folder.ts";

/** How a scene is made; what is known of its photos has a key of its own. */
export type SceneSettings = Pick<
  SceneOptions,
  "pairs" | "align" | "refine" | "featureSize" | "dense" | "depthSize" | "minConfidence" | "seed" | "skipBroken"
>;

/** All that a scene depends on. */
export interface SceneInput {
  readonly model: ModelRef;
  readonly photos: readonly PhotoRef[];
  readonly settings: SceneSettings;
  /** Of `storePriors`. */
  readonly priors: string;
}

/** A scene that is to be reconstructed and written. */
export interface ReconstructSceneInput extends SceneInput {
  readonly kinds: readonly ExportKind[];
  /** Of points. */
  readonly minConfidence: LeastConfidence;
  /** All of them when left out. */
  readonly mostPoints?: number | undefined;
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
  version: 8,
  items: () => 1,
  photos: ({ photos }) => photos.map(({ name }) => name),
  async run({ model: ref, photos, settings, priors, ...how }, context) {
    const { store, openModel, findPhoto, onProgress, signal } = context;
    const model = await openModel(ref);
    const run = { onProgress, signal };
    return await withPhotoFolder(photos, findPhoto, async ({ photos: found, given }) => {
      const notes: SceneInStore["notes"][number][] = [];
      const note = (level: keyof Logger) => (text: string) => void notes.push({ level, text: given(text) });
      const logger = { ...silentLogger, info: note("info"), warn: note("warn"), error: note("error") };
      const files: SceneInStore["files"][number][] = [];
      const result = await reconstruct(found, {
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
      const { warnings } = await writeSceneFiles(result, sink, { ...how, loadViewerHtml, ...run });
      return { files, warnings, notes };
    });
  },
};
