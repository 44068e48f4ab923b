import { openOnDevice } from "../runtime/backends.ts";
import type { Device, TensorValues } from "../runtime/device.ts";
import { type Engine, openEngine } from "../runtime/engine.ts";
import { fastestDevice } from "../runtime/probe.ts";
import type { Session } from "../runtime/session.ts";
import type { ParameterLayout } from "./parameter-layout.ts";
import { addOutputs, type LossValues, parameterFeeds } from "./training-step.ts";

/** Where gradients are computed. */
export interface GradientPoolOptions {
  /** The CPU by default; `auto` takes the fastest that works. */
  readonly device?: Device | undefined;
  /** CPU threads of each process; all cores for one process, one core for each of several by default. */
  readonly threads?: number | undefined;
  /** Processes that each compute a batch of their own; one by default, which is this one. */
  readonly processes?: number | undefined;
}

/** A gradient model, ready to compute as many batches at once as there are processes. */
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

/** Opens a gradient model. Throws a `CapabilityError` for a device that this machine does not have. */
export async function openGradientPool(
  model: Uint8Array,
  { device: wanted = "cpu", threads, processes = 1 }: GradientPoolOptions,
): Promise<GradientPool> {
  const device = wanted === "auto" ? await fastestDevice() : wanted;
  // Training repeats one shape: the arena costs memory and saves a tenth of the time.
  if (processes === 1) {
    const session = await openOnDevice(model, { device, threads, arena: true });
    return poolOf([session], () => session.dispose());
  }
  const engines: Engine[] = [];
  // Their sessions end with them.
  const close = async () => {
    for (const engine of engines) await engine[Symbol.asyncDispose]();
  };
  try {
    const sessions: Session[] = [];
    while (sessions.length < processes) {
      const engine = await openEngine({ device, threads: threads ?? 1, keepMemory: true });
      engines.push(engine);
      sessions.push(await engine.open(model, { arena: true }));
    }
    return poolOf(sessions, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function poolOf(sessions: readonly Session[], close: () => Promise<void>): GradientPool {
  return {
    width: sessions.length,
    async add(batches, { layout, values, gradientSum }) {
      const feeds = parameterFeeds(layout, values);
      const outputs = await Promise.all(batches.map((batch, i) => sessions[i]!.run({ ...batch, ...feeds })));
      return outputs.map((output) => addOutputs(output, layout, gradientSum));
    },
    [Symbol.asyncDispose]: close,
  };
}
