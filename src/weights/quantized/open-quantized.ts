import {
  absolutePath,
  cacheFolder,
  exclusively,
  joinPath,
  openFile,
  openOutputFile,
  pathContent,
  realPath,
} from "#platform";
import { FormatError, InputError } from "../../core/errors.ts";
import { type Logger, silentLogger } from "../../core/logger.ts";
import type { RunOptions } from "../../core/progress.ts";
import { sha256 } from "../../core/sha256.ts";
import { quantizedLayers } from "../../network/quantized-layers.ts";
import type { Checkpoint } from "../checkpoint.ts";
import type { LayerInputs } from "./layer-inputs.ts";
import { type QuantizedContents, readQuantizedFile, writeQuantizedFile } from "./quantized-file.ts";

/** Where 8-bit weights are kept. */
export interface QuantizedOptions extends RunOptions {
  readonly logger?: Logger | undefined;
  /** Default `$DUST3R_CACHE`, else `~/.cache/dust3r`. */
  readonly cache?: string | undefined;
  /** Names of the layers to hold in 8 bits; `quantizedLayers` of the network when left out. */
  readonly layers?: readonly string[] | undefined;
  /**
   * Measures what the layers read, when a file is to be made: rounding then moves no output on average, and large inputs
   * have levels of their own.
   */
  readonly measureInputs?:
    | ((layers: readonly string[], run: RunOptions) => Promise<ReadonlyMap<string, LayerInputs>>)
    | undefined;
}

/** Part of every key: raise it when the same weights are rounded, or laid out, another way than before. */
const QUANTIZED_VERSION = 2;

/**
 * The checkpoint with the weights of its fully connected layers in 8 bits, in a file of its own: `int8/KEY.safetensors` in
 * the cache, made on first use from the checkpoint's file, tensor by tensor. A file that is cut short, damaged or of other
 * weights is made anew, and that is said.
 * @throws InputError when the cache cannot be written; FormatError that names a weight that is not finite
 */
export async function openQuantizedWeights(
  checkpoint: Checkpoint,
  {
    cache = cacheFolder(),
    layers = quantizedLayers(checkpoint.config),
    measureInputs,
    logger = silentLogger,
    ...run
  }: QuantizedOptions,
): Promise<Checkpoint> {
  const key = await sha256(JSON.stringify([QUANTIZED_VERSION, checkpoint.hash, layers, measureInputs !== undefined]));
  const contents = { checkpoint, layers: new Set(layers), key };
  const path = absolutePath(joinPath(cache, "int8", `${key.slice(0, 32)}.safetensors`));
  const earlier = await readEarlier(path, contents);
  if (earlier !== undefined && !(earlier instanceof FormatError)) return earlier;
  if (earlier !== undefined) logger.warn(`${earlier.message}; it is made anew`);
  try {
    const onWait = (holder: string, lock: string) =>
      logger.info(`8-bit weights are being made by ${holder}; if that does not run, remove ${lock}`);
    return await exclusively(`${path}.lock`, { signal: run.signal, onWait }, async () => {
      // Another process may have been faster.
      const finished = await readEarlier(path, contents);
      if (finished !== undefined && !(finished instanceof FormatError)) return finished;
      logger.info(`8-bit weights of ${checkpoint.name} are kept in ${path}`);
      await makeFile(path, { ...contents, inputs: await measureInputs?.(layers, run) }, run);
      return await readFile(path, contents);
    });
  } catch (error) {
    const problem = error instanceof InputError ? (error.cause as { code?: string; message?: string }) : undefined;
    if (problem?.code === undefined) throw error;
    throw new InputError(
      `the 8-bit weights of ${checkpoint.name} cannot be kept in ${joinPath(cache, "int8")} (${problem.message}): free ` +
        "space there, set DUST3R_CACHE to another folder, or use dtype fp32, which needs none",
      { cause: error, remedies: ["dtype"] },
    );
  }
}

/** What is kept from before; what is wrong with it; undefined where there is nothing. */
async function readEarlier(path: string, contents: QuantizedContents): Promise<Checkpoint | FormatError | undefined> {
  if ((await pathContent(path)).kind !== "file") return undefined;
  return readFile(path, contents).catch((error: unknown) => {
    if (error instanceof FormatError) return error;
    throw error;
  });
}

async function readFile(path: string, contents: QuantizedContents): Promise<Checkpoint> {
  const file = await openFile(await realPath(path));
  try {
    return await readQuantizedFile(file, contents);
  } finally {
    await file.close();
  }
}

async function makeFile(path: string, contents: QuantizedContents, run: RunOptions): Promise<void> {
  const source = await openFile(contents.checkpoint.path);
  try {
    await using output = await openOutputFile(path);
    await writeQuantizedFile(output, source, contents, run);
    await output.commit();
  } finally {
    await source.close();
  }
}
