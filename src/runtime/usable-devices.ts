import { startWorkerProcess } from "#platform";
import type { ConcreteDevice } from "./device.ts";
import type { EngineRequest } from "./engine-worker.ts";

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
