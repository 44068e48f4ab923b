import { InputError } from "../core/errors.ts";
import type { ModelOptions as NodeModelOptions } from "../pipeline/open-model.ts";
import type { OpenedModel } from "./messages.ts";
import { type ModelSource, sentModelSource } from "./model-source.ts";
import { PipelineWorker } from "./pipeline-worker.ts";

/** Which network runs, where and how; everything may be left out. */
export interface ModelOptions extends Omit<NodeModelOptions, "model"> {
  /** The packaged weights when left out. */
  readonly model?: ModelSource | undefined;
}

/**
 * A network that is loaded in a worker and ready for any number of calls, one after the other. `close` it, or open it with `await
 * using`: that ends the worker and frees all that it held.
 */
export interface Model extends OpenedModel, AsyncDisposable {
  /** Ends its worker; calls that are under way reject. */
  close(): Promise<void>;
}

/** How a call is given its network: by the options to open one for the call, or open already. */
export interface ModelChoice extends Omit<ModelOptions, "model"> {
  /** As in `ModelOptions`, or an open model, which stays open and takes no options that only opening heeds. */
  readonly model?: ModelSource | Model | undefined;
}

const workers = new WeakMap<object, PipelineWorker>();

/**
 * Loads weights and starts a worker that computes with them. Downloaded weights are kept in the site's private file system.
 * @throws InputError, FormatError, CapabilityError with what to do about it; the signal's reason when aborted
 */
export async function openModel(options: ModelOptions = {}): Promise<Model> {
  const { model: source, device, dtype, mirror, threads, size, fit, ...call } = options;
  const worker = new PipelineWorker();
  try {
    const settings = { source: sentModelSource(source), device, dtype, mirror, threads, size, fit };
    const opened = await worker.call("openModel", [settings], call);
    const close = async () => worker.close();
    const model = { ...opened, close, [Symbol.asyncDispose]: close };
    workers.set(model, worker);
    return model;
  } catch (error) {
    worker.close(error);
    throw error;
  }
}

/** What is said when a model is opened, and not again. */
const OPENING = ["device", "dtype", "mirror", "threads", "size", "fit"] as const;

/** Runs a call on the worker of its model: of one that is open, or of one opened for the call and closed after it. */
export async function withModel<Result>(
  options: ModelChoice,
  call: (worker: PipelineWorker, model: OpenedModel) => Promise<Result>,
): Promise<Result> {
  const { model } = options;
  const open = isOpen(model) ? model : undefined;
  if (open !== undefined) {
    const given = OPENING.filter((name) => options[name] !== undefined);
    if (given.length > 0)
      throw new InputError(`${given.join(", ")}: the model is open already; openModel, which opened it, takes these`);
    return await call(workers.get(open)!, open);
  }
  const { device, dtype, mirror, threads, size, fit, logger, onProgress, signal } = options;
  const source = model as ModelSource | undefined;
  const own = await openModel({ model: source, device, dtype, mirror, threads, size, fit, logger, onProgress, signal });
  try {
    return await call(workers.get(own)!, own);
  } finally {
    await own.close();
  }
}

function isOpen(model: ModelSource | Model | undefined): model is Model {
  return typeof model === "object" && workers.has(model);
}
