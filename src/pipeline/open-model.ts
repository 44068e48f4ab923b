import { InputError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { RunOptions } from "../core/progress.ts";
import type { PlanOptions } from "../images/plan-view.ts";
import { openNetwork } from "../inference/open-network.ts";
import type { PairInference } from "../inference/pair-inference.ts";
import { isConcrete } from "../runtime/choose-precision.ts";
import type { ConcreteDevice, Device, Precision } from "../runtime/device.ts";
import { openEngine } from "../runtime/engine.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { resolveModel } from "../weights/resolve-model.ts";
import type { PreciseWeights } from "./choose-weights.ts";
import { viewSize } from "./view-size.ts";

/** Which network runs, where and how; everything may be left out. */
export interface ModelOptions extends RunOptions {
  /** An embedded name, a file, a folder or a hub id; the embedded default when left out. */
  readonly model?: string | undefined;
  /** `auto` when left out. */
  readonly device?: Device | undefined;
  /** `fp32` when left out; `network.dtype` of the open model says what `auto` became. */
  readonly dtype?: Precision | undefined;
  /**
   * Test-time augmentation by horizontal flip: twice the work, fewer errors. As the weights' configuration says when
   * left out.
   */
  readonly mirror?: boolean | undefined;
  /** CPU threads; all cores when left out. */
  readonly threads?: number | undefined;
  /** Pixels along a view's long side; what the model was trained with when left out. */
  readonly size?: number | undefined;
  /** How a photo is brought to the network's size. */
  readonly fit?: PlanOptions["fit"] | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * A network that is loaded and ready for any number of calls: its weights are open, its process runs, and the graph of each
 * photo size is built once. `close` it, or open it with `await using`.
 */
export interface Model extends AsyncDisposable {
  readonly checkpoint: Checkpoint;
  /** How photos are prepared for it. */
  readonly plan: PlanOptions;
  /** Warnings about how it was opened, one sentence each. */
  readonly warnings: readonly string[];
  readonly network: PairInference;
  /** What it runs on, `auto` resolved. */
  readonly device: ConcreteDevice;
  /** Largest resident set of its process so far, in bytes. */
  peakMemory(): Promise<number>;
  /** Ends its process; calls that are under way reject. The same as disposing of it. */
  close(): Promise<void>;
}

/**
 * Finds and opens weights and starts the process that computes with them. Aborting the signal ends that process, whatever
 * it computes.
 * @throws InputError, FormatError, CapabilityError with what to do about it; the signal's reason when aborted
 */
export async function openModel(options: ModelOptions = {}): Promise<Model> {
  const { model, device = "auto", dtype = "fp32", mirror, threads, size, fit, logger, onProgress, signal } = options;
  const original = await resolveModel(model, { logger, onProgress, signal });
  for (const note of original.notes) logger?.debug(note);
  const engine = await openEngine({ device: dtype === "q8" && device === "auto" ? "cpu" : device, threads, signal });
  const close = async () => await engine[Symbol.asyncDispose]();
  const { checkpoint, precision } = await weightsFor(original, engine.device, { ...options, dtype }).catch(
    async (error) => {
      await close();
      throw error;
    },
  );
  const { size: shown, warning } = viewSize(checkpoint.config, size);
  const plan = { patchSize: checkpoint.config.patchSize, size: shown, ...(fit === undefined ? {} : { fit }) };
  return {
    checkpoint,
    plan,
    warnings: warning === undefined ? [] : [warning],
    network: openNetwork(engine, checkpoint, { dtype: precision, mirror }),
    device: engine.device,
    peakMemory: () => engine.peakMemory(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The weights in a precision, `auto` resolved. What 8 bits need is loaded where they may be used alone: pages go without it. */
async function weightsFor(
  checkpoint: Checkpoint,
  device: ConcreteDevice,
  { dtype, ...options }: ModelOptions & { readonly dtype: Precision },
): Promise<PreciseWeights> {
  if (isConcrete(dtype)) return { checkpoint, precision: dtype };
  const { chooseWeights } = await import("./choose-weights.ts");
  return await chooseWeights(checkpoint, device, { ...options, dtype });
}

/** How a use case is given its network: by the options to open one for the call, or open already. */
export interface ModelChoice extends Omit<ModelOptions, "model"> {
  /**
   * As in `ModelOptions`, or an open model. That one stays open, takes no options that only opening heeds, and finishes
   * the pair at work when the call is aborted.
   */
  readonly model?: string | Model | undefined;
}

/** The model of one call: disposing of it closes what was opened for the call, and leaves open what the caller had open. */
export async function callModel(options: ModelChoice): Promise<Model> {
  const { model } = options;
  if (typeof model !== "object") return openModel({ ...options, model });
  const given = OPENING.filter((name) => options[name] !== undefined);
  if (given.length > 0) {
    throw new InputError(`${given.join(", ")}: the model is open already; openModel, which opened it, takes these`);
  }
  return { ...model, async [Symbol.asyncDispose]() {} };
}

/** What is said when a model is opened, and not again. */
const OPENING = ["device", "dtype", "mirror", "threads", "size", "fit"] as const;
