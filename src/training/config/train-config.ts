import { z } from "zod";
import type { HeadConfig, NetworkConfig } from "../../network/config.ts";
import { isSameConfig, parseConfig } from "./parse-config.ts";
import {
  checkOtherHeights,
  RUN_FIELDS,
  type RunConfig,
  TRUNK_FIELDS,
  type TrunkConfig,
  trunkWithHead,
} from "./run-config.ts";

/** A DPT head's widths. */
type DptConfig = HeadConfig & { readonly kind: "dpt" };

/** What `dust3r train` is told, with every default filled in. */
export interface TrainConfig extends RunConfig {
  readonly network: TrunkConfig & { readonly head: "linear" | DptConfig };
  /** Weight of the confidence term, the paper's α; 0 trains without confidence. */
  readonly alpha: number;
  /** Weight of the matching loss on the encoder's tokens; 0, as in the paper, trains without. */
  readonly matching: number;
  /** Weight of the matching loss on the first head of every cross-attention; 0, as in the paper, trains without. */
  readonly attention: number;
  /**
   * Gradient checkpointing: every block is computed twice instead of keeping its activations; less memory, a quarter
   * more time.
   */
  readonly saveMemory: boolean;
}

/** The published DPT head, which is what `"dpt"` means. */
const PUBLISHED_DPT: DptConfig = { kind: "dpt", featureDim: 256, lastDim: 128, layerDims: [96, 192, 384, 768] };

const count = z.int().positive();
const dpt = z.strictObject({
  kind: z.literal("dpt"),
  featureDim: z.int().positive().multipleOf(2),
  lastDim: count,
  layerDims: z.tuple([count, count, count, count]),
});
const head = z.union([z.literal("linear"), z.literal("dpt").transform(() => PUBLISHED_DPT), dpt]);
const network = z.strictObject({ ...TRUNK_FIELDS, head: head.default("linear") }).superRefine((value, context) => {
  if (value.head === "linear") return;
  // Its four levels end at 16 pixels per token, and it reads the decoder after 1/2 and 3/4 of the blocks.
  if (value.patchSize !== 16) context.addIssue({ code: "custom", path: ["patchSize"], message: "a DPT head needs 16" });
  if (value.decoder.depth % 4 !== 0) {
    context.addIssue({ code: "custom", path: ["decoder", "depth"], message: "a DPT head needs a multiple of 4" });
  }
});
const schema: z.ZodType<TrainConfig> = z
  .strictObject({
    ...RUN_FIELDS,
    network,
    alpha: z.number().min(0).default(0.2),
    matching: z.number().min(0).default(0),
    attention: z.number().min(0).default(0),
    saveMemory: z.boolean().default(false),
  })
  .superRefine(checkOtherHeights);

/** Checks a configuration; an `InputError` names every wrong field, and the field a misspelled one may have meant. */
export function parseTrainConfig(path: string, value: unknown): TrainConfig {
  return parseConfig(path, value, schema);
}

/** Whether a recorded configuration says the same as this one. */
export function isSameTrainConfig(recorded: unknown, config: TrainConfig): boolean {
  return isSameConfig(recorded, config, schema);
}

/** The network that a configuration describes. */
export function configuredNetwork(config: TrainConfig): NetworkConfig {
  const { head } = config.network;
  return trunkWithHead(config, head === "linear" ? { kind: "linear" } : head);
}
