import { readText } from "#platform";
import { InputError } from "../core/errors.ts";
import { parseJsonText } from "../formats/json-text.ts";
import type { Device } from "../runtime/device.ts";
import { parsePretrainConfig } from "../training/config/pretrain-config.ts";
import { parseTrainConfig, type TrainConfig } from "../training/config/train-config.ts";
import { pretrain } from "../training/pretrain.ts";
import { train } from "../training/train.ts";
import { resolveModel } from "../weights/resolve-model.ts";
import { openTrainLog } from "./train-log.ts";

/** Flags of `dust3r train` and `dust3r pretrain`. */
export interface TrainFlags {
  readonly output: string;
  readonly init?: string;
  readonly device?: Device;
  readonly threads?: number;
  readonly processes?: number;
  readonly changedConfig?: boolean;
  readonly quiet?: boolean;
}

/** Trains as a configuration file says. */
export async function trainFromFile(path: string, flags: TrainFlags, signal: AbortSignal): Promise<void> {
  await runFromFile(await readTrainConfig(path), flags, signal, train);
}

/** Pre-trains as a configuration file says. */
export async function pretrainFromFile(path: string, flags: TrainFlags, signal: AbortSignal): Promise<void> {
  await runFromFile(parsePretrainConfig(path, await readJson(path)), flags, signal, pretrain);
}

/** The configuration in a JSON file. */
export async function readTrainConfig(path: string): Promise<TrainConfig> {
  return parseTrainConfig(path, await readJson(path));
}

async function runFromFile<C extends object>(
  config: C,
  { init, output, quiet, ...flags }: TrainFlags,
  signal: AbortSignal,
  run: (config: C, options: Parameters<typeof train>[1]) => Promise<void>,
): Promise<void> {
  const checkpoint = init === undefined ? undefined : await resolveModel(init);
  const log = await openTrainLog(config, output, quiet ?? false);
  try {
    await run(config, { ...flags, ...log.listeners, output, init: checkpoint, signal });
  } finally {
    await log.close();
  }
}

async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  if (text === undefined) throw new InputError(`${path}: there is no such file; a JSON configuration is expected`);
  return parseJsonText(text, path);
}
