import { loadDenseScene } from "../core/loaded-dense-scene.ts";
import type { RunOptions } from "../core/progress.ts";
import { removeFolderStore } from "../platform/browser/folder-store.ts";
import type { ExportedScene, ExportSceneOptions, SceneBlob } from "./export-scene.ts";
import { PipelineWorker } from "./pipeline-worker.ts";
import type { Reconstruction } from "./reconstruct.ts";
import { sentPhotos } from "./sent-photos.ts";
import { storeFolder } from "./worker-files.ts";

/**
 * The files of a scene, those that the command line writes: `points.ply`, `scene.glb`, `mesh.glb`, `surfaces.glb`, `colmap/…`,
 * `transforms.json`, `depth/…` and always `scene.json`. Without the photos' files, kinds that come with photos come without.
 * @throws InputError for a scene without points; the signal's reason when aborted
 */
export async function exportScene(
  { scene, views, files, dense, warnings, run }: Omit<Reconstruction, "photos">,
  { onProgress, signal, ...options }: ExportSceneOptions,
): Promise<ExportedScene> {
  const bare = { scene, views, dense: dense && (await loadDenseScene(dense)), warnings, run };
  return await inWorker((worker) =>
    worker.call("exportScene", [bare, files && sentPhotos(files), options], { onProgress, signal }),
  );
}

/** Files as one ZIP archive, with their folders. */
export async function zipFiles(
  files: readonly SceneBlob[],
  { signal }: Pick<RunOptions, "signal"> = {},
): Promise<Blob> {
  return await inWorker((worker) => worker.call("zipFiles", [files], { signal }));
}

/** Removes what `reconstruct` kept under this name of a store. */
export async function removeStore(name: string): Promise<void> {
  await removeFolderStore(storeFolder(name));
}

async function inWorker<Result>(call: (worker: PipelineWorker) => Promise<Result>): Promise<Result> {
  const worker = new PipelineWorker();
  try {
    return await call(worker);
  } finally {
    worker.close();
  }
}
