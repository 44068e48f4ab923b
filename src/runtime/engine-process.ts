import { sharedFile, startWorkerProcess } from "#platform";
import type { ConcreteDevice, TensorValues } from "./device.ts";
import type { EngineRequest } from "./engine-worker.ts";
import type { Session, SessionOptions } from "./session.ts";

/** How an engine runs, whatever its device. */
export interface EngineProcessOptions {
  /** CPU threads; all cores by default. */
  readonly threads?: number | undefined;
  /** For the same graph over and over: keep its memory from one run to the next. */
  readonly keepMemory?: boolean;
  /** Aborting ends the engine at once, whatever it computes. */
  readonly signal?: AbortSignal | undefined;
}

/** ONNX Runtime in a process of its own: the caller's event loop stays free and a crash stays contained. */
export interface Engine extends AsyncDisposable {
  /** What it runs on. */
  readonly device: ConcreteDevice;
  /**
   * Takes up an ONNX model, whose external data lie in the file `weights`. Throws a `CapabilityError` when the device cannot
   * be used on this machine.
   */
  open(
    model: Uint8Array,
    options?: Pick<SessionOptions, "prepack" | "arena"> & { readonly weights?: string },
  ): Promise<Session>;
  /** Largest resident set so far, in bytes. */
  peakMemory(): Promise<number>;
}

/** Starts an engine on a device, which is first asked for when a model is opened. */
export function startEngine(
  device: ConcreteDevice,
  { threads, keepMemory = false, signal }: EngineProcessOptions = {},
): Engine {
  signal?.throwIfAborted();
  const worker = startWorkerProcess(import.meta.url, "engine-worker", "runs the network", { keepMemory });
  const ask = (request: EngineRequest) => worker.request(request);
  const stop = () => worker.kill(signal?.reason ?? new Error("the engine is closed"));
  signal?.addEventListener("abort", stop, { once: true });
  return {
    device,
    async open(model, { weights, ...options } = {}) {
      const placed = weights === undefined ? {} : await placeOf(weights);
      const session = (await ask({
        kind: "open",
        model,
        options: { ...options, ...placed, device, threads },
      })) as number;
      return {
        run: async (feeds) => (await ask({ kind: "run", session, feeds })) as TensorValues,
        dispose: async () => {
          await ask({ kind: "close", session });
        },
      };
    },
    peakMemory: async () => (await ask({ kind: "peak-memory" })) as number,
    async [Symbol.asyncDispose]() {
      signal?.removeEventListener("abort", stop);
      stop();
    },
  };
}

/** A file as the engine finds it. */
async function placeOf(path: string): Promise<Pick<SessionOptions, "weightsFolder" | "weightsFile">> {
  const content = await sharedFile(path);
  const name = path.split(/[\\/]/).at(-1)!;
  if (content !== undefined) return { weightsFile: { name, content } };
  return { weightsFolder: path.slice(0, path.length - name.length - 1) || "/" };
}
