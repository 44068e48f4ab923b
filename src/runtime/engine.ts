import { startWorkerProcess } from "#platform";
import type { ConcreteDevice, Device, TensorValues } from "./device.ts";
import type { EngineRequest } from "./engine-worker.ts";
import { fastestDevice } from "./probe.ts";
import type { Session, SessionOptions } from "./session.ts";

/** Where and how the engine runs. */
export interface EngineOptions {
  /** `auto` by default. */
  readonly device?: Device | undefined;
  /** CPU threads; all cores by default. */
  readonly threads?: number | undefined;
  /** For the same graph over and over: keep its memory from one run to the next. */
  readonly keepMemory?: boolean;
  /** Aborting ends the engine at once, whatever it computes. */
  readonly signal?: AbortSignal | undefined;
}

/** ONNX Runtime in a process of its own: the caller's event loop stays free and a crash stays contained. */
export interface Engine extends AsyncDisposable {
  /** What it runs on, `auto` resolved. */
  readonly device: ConcreteDevice;
  /** Takes up an ONNX model, whose external data lie in `weightsFolder`. */
  open(model: Uint8Array, options?: Pick<SessionOptions, "weightsFolder" | "prepack" | "arena">): Promise<Session>;
  /** Largest resident set so far, in bytes. */
  peakMemory(): Promise<number>;
}

/** Starts an engine. Throws a `CapabilityError` when the device cannot be used on this machine. */
export async function openEngine({
  device = "auto",
  threads,
  keepMemory = false,
  signal,
}: EngineOptions = {}): Promise<Engine> {
  const concrete = device === "auto" ? await fastestDevice(signal) : device;
  signal?.throwIfAborted();
  const worker = startWorkerProcess(import.meta.url, "engine-worker", "runs the network", { keepMemory });
  const ask = (request: EngineRequest) => worker.request(request);
  const stop = () => worker.kill(signal?.reason ?? new Error("the engine is closed"));
  signal?.addEventListener("abort", stop, { once: true });
  return {
    device: concrete,
    async open(model, options = {}) {
      const session = (await ask({
        kind: "open",
        model,
        options: { ...options, device: concrete, threads },
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

/** Those of the devices that work here; none when trying them takes the trying process down, or is aborted. */
export async function usableDevices(
  devices: readonly ConcreteDevice[],
  signal?: AbortSignal,
): Promise<readonly ConcreteDevice[]> {
  const worker = startWorkerProcess(import.meta.url, "engine-worker", "looks for devices");
  const stop = () => worker.kill(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return (await worker.request({ kind: "usable", devices } satisfies EngineRequest)) as readonly ConcreteDevice[];
  } catch {
    return [];
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}
