import { errorMessage } from "../core/error-message.ts";
import { InputError } from "../core/errors.ts";
import { denseSceneOf, loadDenseScene } from "../core/loaded-dense-scene.ts";
import type { Logger } from "../core/logger.ts";
import type { NamedBytes } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import { matchPhotos } from "../pipeline/match-photos.ts";
import { type Model, openModel } from "../pipeline/open-model.ts";
import { photoFocals } from "../pipeline/photo-focals.ts";
import { predictPairs } from "../pipeline/predict-pairs.ts";
import { reconstruct } from "../pipeline/reconstruct.ts";
import { relativePose } from "../pipeline/relative-pose.ts";
import { buffersOf } from "../platform/browser/buffers-of.ts";
import { folderStore } from "../platform/browser/folder-store.ts";
import { exportSceneFiles, zipSceneFiles } from "./export-scene.ts";
import type { FromWorker, PipelineCalls, ToWorker } from "./messages.ts";
import { provideModel } from "./provide-model.ts";
import { loadPhotos, storeFolder } from "./worker-files.ts";

interface CallRun extends RunOptions {
  readonly logger: Logger;
}

type Handlers = {
  readonly [Name in keyof PipelineCalls]: (
    run: CallRun,
    ...args: Parameters<PipelineCalls[Name]>
  ) => Promise<ReturnType<PipelineCalls[Name]>>;
};

let opened: Model | undefined;

const HANDLERS: Handlers = {
  async openModel(run, { source, ...settings }) {
    const name = await provideModel(source, run);
    // The signal would close the model with the call: a page that gives up closes the worker.
    opened = await openModel({ ...settings, model: name, logger: run.logger, onProgress: run.onProgress });
    const { checkpoint, device, warnings } = opened;
    return { name: checkpoint.name, config: checkpoint.config, device, warnings };
  },
  async reconstruct(run, photos, { store, ...options }) {
    const files = await loadPhotos(photos, run);
    const kept = store === undefined ? undefined : folderStore(storeFolder(store));
    const result = await reconstruct(files, { ...options, ...run, model: model(), store: kept });
    const { scene, views, dense, warnings, run: facts } = result;
    return {
      scene,
      views,
      dense: dense && (await loadDenseScene(dense)),
      warnings,
      run: facts,
      kept: result.files!.map((file) => files.indexOf(file as NamedBytes)),
    };
  },
  matchPhotos: async (run, photos, options) =>
    await matchPhotos(await loadPhotos(photos, run), { ...options, ...run, model: model() }),
  photoFocals: async (run, photos, options) =>
    await photoFocals(await loadPhotos(photos, run), { ...options, ...run, model: model() }),
  relativePose: async (run, photos, options) =>
    await relativePose(await loadPhotos(photos, run), { ...options, ...run, model: model() }),
  predictPairs: async (run, photos) => await predictPairs(await loadPhotos(photos, run), { ...run, model: model() }),
  exportScene: async (run, { dense, ...scene }, photos, options) => {
    const files = photos && (await loadPhotos(photos, run));
    return await exportSceneFiles({ ...scene, dense: dense && denseSceneOf(dense), files }, { ...options, ...run });
  },
  zipFiles: async (_, files) => await zipSceneFiles(files),
};

function model(): Model {
  if (opened === undefined) throw new InputError("the model is closed");
  return opened;
}

const scope = self as unknown as {
  postMessage(message: FromWorker, transfer?: readonly Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
};
const running = new Map<number, AbortController>();

scope.addEventListener("message", async ({ data }) => {
  const { id } = data;
  if (data.kind === "abort") {
    running.get(id)?.abort();
    return;
  }
  const abort = new AbortController();
  running.set(id, abort);
  const log = (level: keyof Logger) => (message: string) => scope.postMessage({ kind: "log", id, level, message });
  const logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  const run: CallRun = {
    signal: abort.signal,
    logger,
    onProgress: (event) => scope.postMessage({ kind: "progress", id, event }),
  };
  try {
    const handle = HANDLERS[data.name] as (run: CallRun, ...args: readonly unknown[]) => Promise<unknown>;
    const value = await handle(run, ...data.args);
    scope.postMessage({ kind: "answer", id, value }, buffersOf(value));
  } catch (error) {
    scope.postMessage({ kind: "error", id, error: errorMessage(error) });
  } finally {
    running.delete(id);
  }
});
scope.postMessage({ kind: "ready" });
