import type { ModelChoice } from "./open-model.ts";
import type { CallOptions } from "./pipeline-worker.ts";

/** What a call is told of and by, which no message can hold. */
export function callOptions({ onProgress, signal, logger }: CallOptions): CallOptions {
  return { onProgress, signal, logger };
}

/** All that a call's message holds: neither its own options nor those that opening a model heeded. */
export function withoutCallOptions<Options extends ModelChoice>(options: Options): Omit<Options, keyof ModelChoice> {
  const { model, device, dtype, mirror, threads, size, fit, onProgress, signal, logger, ...others } = options;
  return others;
}
