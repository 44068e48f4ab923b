import type { ConcretePrecision } from "../runtime/device.ts";
import type { Engine } from "../runtime/engine-process.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { withMirror } from "./mirrored-network.ts";
import type { PairInference } from "./pair-inference.ts";
import { PairNetwork } from "./pair-network.ts";

/** How a network runs. */
export interface NetworkChoice {
  /** `fp32` when left out. */
  readonly dtype?: ConcretePrecision | undefined;
  /**
   * Test-time augmentation by horizontal flip (see `withMirror`); when left out, as the weights' configuration says.
   */
  readonly mirror?: boolean | undefined;
}

/** The network of a checkpoint on an engine. */
export function openNetwork(
  engine: Engine,
  checkpoint: Checkpoint,
  { dtype, mirror = checkpoint.config.mirror ?? false }: NetworkChoice = {},
): PairInference {
  const network = new PairNetwork(engine, checkpoint, dtype);
  return mirror ? withMirror(network) : network;
}
