import { fillStore, photoRefs } from "../cluster/fill-store.ts";
import { reconstructScene } from "../cluster/kinds/reconstruct-scene.ts";
import { storePhoto } from "../cluster/photo-ref.ts";
import { needed } from "../cluster/stored-priors.ts";
import type { NamedBytes } from "../core/picture.ts";
import type { ExportKind } from "../export/export-kinds.ts";
import type { LeastConfidence } from "../export/point-filter.ts";
import type { WrittenScene } from "../export/write-scene.ts";
import type { SceneFolder } from "../pipeline/scene-folder.ts";
import { withQueue } from "./shared-tasks.ts";
import type { TerminalRun } from "./terminal.ts";
import { modelRef, type SharedScene } from "./work-on-shard.ts";

/** How the scene is written. */
export interface SubmitOptions {
  readonly folder: SceneFolder;
  readonly queue: string;
  readonly kinds: readonly ExportKind[];
  readonly minConfidence: LeastConfidence;
  readonly mostPoints: number | undefined;
  readonly force: boolean | undefined;
}

/** Gives the work on a scene to the workers of a queue, waits for it, and writes the files that they made. */
export async function submitScene(
  { photos, settings, priors, flags, store }: SharedScene,
  { folder, queue: address, kinds, minConfidence, mostPoints, force }: SubmitOptions,
  run: TerminalRun,
): Promise<Pick<WrittenScene, "files" | "warnings" | "sceneJson">> {
  const { logger, signal } = run;
  return await withQueue(address, store, run, async (tasks) => {
    const model = await modelRef(flags, run);
    const refs = await photoRefs(photos, priors.lenses, run);
    for (const ref of refs) {
      signal?.throwIfAborted();
      await storePhoto(store, ref);
    }
    const scene = await fillStore({ model, photos: refs, settings, priors }, tasks, { store, logger });
    const [made] = await tasks(reconstructScene, [{ ...scene, kinds, minConfidence, mostPoints }]);
    for (const { level, text } of made!.notes) logger[level](text);
    let sceneJson: WrittenScene["sceneJson"] | undefined;
    const files = async function* (): AsyncGenerator<NamedBytes> {
      for (const { name, key } of made!.files) {
        const bytes = await needed(store, key);
        if (name === "scene.json") sceneJson = JSON.parse(new TextDecoder().decode(bytes));
        yield { name, bytes };
      }
    };
    await folder.receive(files(), { force, signal });
    return { files: made!.files.map(({ name }) => name), warnings: made!.warnings, sceneJson: sceneJson! };
  });
}
