import { openOnDevice } from "../../runtime/backends.ts";
import type { Device, TensorValues } from "../../runtime/device.ts";
import { type Engine, startEngine } from "../../runtime/engine-process.ts";
import { fastestDevice } from "../../runtime/probe.ts";
import type { Session } from "../../runtime/session.ts";
import type { OnnxModel } from "../../tensor/onnx-model.ts";
import { addOutputs, type LossValues, parameterFeeds } from "../loss/evaluate-loss.ts";
import type { ParameterLayout } from "../optimizer/parameter-layout.ts";

/** Where gradients are computed. */
export interface GradientPoolOptions {
  /** The CPU by default; `auto` takes the fastest that works. */
  readonly device?: Device | undefined;
  /** CPU threads of each process; all cores for one process, one core for each of several by default. */
  readonly threads?: number | undefined;
  /** Processes that each compute a batch of their own; one by default, which is this one. */
  readonly processes?: number | undefined;
}

/** Gradient models, ready to compute as many batches at once as there are processes. */
export interface GradientPool extends AsyncDisposable {
  /** How many batches it takes at once. */
  readonly width: number;
  /**
   * Adds the gradients of up to `width` batches to `gradientSum`, in the order of the batches, so that sums do not depend
   * on which process is done first.
   */
  add(batches: readonly TensorValues[], into: GradientTarget): Promise<readonly LossValues[]>;
}

/** The parameters that gradients are taken at, and where they are summed; both laid out as `layout` says. */
export interface GradientTarget {
  readonly layout: ParameterLayout;
  readonly values: Float32Array;
  readonly gradientSum: Float32Array;
}

/**
 * Opens gradient models, one for each shape of batches: a batch goes to the one whose inputs it fits. Throws a
 * `CapabilityError` for a device that this machine does not have.
 */
export async function openGradientPool(
  models: readonly OnnxModel[],
  { device: wanted = "cpu", threads, processes = 1 }: GradientPoolOptions,
): Promise<GradientPool> {
  const device = wanted === "auto" ? await fastestDevice() : wanted;
  // Training repeats few shapes: the arenas cost memory and save a tenth of the time.
  if (processes === 1) {
    const sessions = await openAll(models, ({ bytes }) => openOnDevice(bytes, { device, threads, arena: true }));
    return poolOf([sessions], async () => {
      for (const { session } of sessions) await session.dispose();
    });
  }
  const engines: Engine[] = [];
  // Their sessions end with them.
  const close = async () => {
    for (const engine of engines) await engine[Symbol.asyncDispose]();
  };
  try {
    const sessions: (readonly ShapedSession[])[] = [];
    while (sessions.length < processes) {
      const engine = startEngine(device, { threads: threads ?? 1, keepMemory: true });
      engines.push(engine);
      sessions.push(await openAll(models, ({ bytes }) => engine.open(bytes, { arena: true })));
    }
    return poolOf(sessions, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** A session and what it can be fed with. */
interface ShapedSession extends Pick<OnnxModel, "inputs"> {
  readonly session: Session;
}

async function openAll(
  models: readonly OnnxModel[],
  open: (model: OnnxModel) => Promise<Session>,
): Promise<readonly ShapedSession[]> {
  const opened: ShapedSession[] = [];
  for (const model of models) opened.push({ inputs: model.inputs, session: await open(model) });
  return opened;
}

/** @param sessions of each process, one for each shape of batches */
function poolOf(sessions: readonly (readonly ShapedSession[])[], close: () => Promise<void>): GradientPool {
  return {
    width: sessions.length,
    async add(batches, { layout, values, gradientSum }) {
      const feeds = parameterFeeds(layout, values);
      const outputs = await Promise.all(
        batches.map((batch, i) => sessionFor(batch, sessions[i]!).run({ ...batch, ...feeds })),
      );
      return outputs.map((output) => addOutputs(output, layout, gradientSum));
    },
    [Symbol.asyncDispose]: close,
  };
}

function sessionFor(batch: TensorValues, sessions: readonly ShapedSession[]): Session {
  const found = sessions.find(({ inputs }) =>
    inputs.every(({ name, shape }) => {
      const fed = batch[name];
      return fed === undefined || String(fed.shape) === String(shape);
    }),
  );
  if (found === undefined) throw new Error("no gradient model has the shape of this batch");
  return found.session;
}
