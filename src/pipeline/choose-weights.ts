import { InputError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { RunOptions } from "../core/progress.ts";
import { choosePrecision } from "../runtime/choose-precision.ts";
import type { ConcreteDevice, ConcretePrecision } from "../runtime/device.ts";
import { probeInt8 } from "../runtime/int8-probe.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { openQuantizedWeights } from "../weights/quantized/open-quantized.ts";
import { sampleLayerInputs } from "./layer-inputs.ts";

/** Weights, and the precision they are for. */
export interface PreciseWeights {
  readonly checkpoint: Checkpoint;
  readonly precision: ConcretePrecision;
}

/** What is asked for, and how the network runs. */
export interface ChooseWeightsOptions extends RunOptions {
  readonly dtype: "auto" | "q8";
  readonly threads?: number | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * The weights in 8 bits where `q8` is asked for, or `auto` takes it; else as they are.
 * @throws CapabilityError where `q8` is asked for and cannot be; InputError where its file cannot be kept, FormatError for damaged weights
 */
export async function chooseWeights(
  checkpoint: Checkpoint,
  device: ConcreteDevice,
  { dtype, threads, logger, onProgress, signal }: ChooseWeightsOptions,
): Promise<PreciseWeights> {
  const int8 = await probeInt8({ signal });
  const choice = choosePrecision(dtype, { device, int8, weightsBytes: checkpoint.byteLength });
  if (dtype === "auto") logger?.info(`dtype ${choice.dtype}: ${choice.reason}`);
  if (choice.dtype !== "q8") return { checkpoint, precision: choice.dtype };
  try {
    const measureInputs = (layers: readonly string[], run: RunOptions) =>
      sampleLayerInputs(checkpoint, layers, { ...run, threads });
    const quantized = await openQuantizedWeights(checkpoint, { measureInputs, logger, onProgress, signal });
    return { checkpoint: quantized, precision: "q8" };
  } catch (error) {
    if (dtype === "q8" || !(error instanceof InputError)) throw error;
    logger?.warn(`dtype fp32: ${error.message}`);
    return { checkpoint, precision: "fp32" };
  }
}
