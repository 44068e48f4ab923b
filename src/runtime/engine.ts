import type { Device } from "./device.ts";
import { type Engine, type EngineProcessOptions, startEngine } from "./engine-process.ts";
import { fastestDevice } from "./probe.ts";

/** Where and how an engine runs. */
export interface EngineOptions extends EngineProcessOptions {
  /** `auto` by default: the fastest that works. */
  readonly device?: Device | undefined;
}

/** Starts an engine; with `auto`, after trying which device is fastest here. */
export async function openEngine({ device = "auto", ...options }: EngineOptions = {}): Promise<Engine> {
  return startEngine(device === "auto" ? await fastestDevice(options.signal) : device, options);
}
