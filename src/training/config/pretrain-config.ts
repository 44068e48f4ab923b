import { z } from "zod";
import { isSameConfig, parseConfig } from "./parse-config.ts";
import { checkOtherHeights, RUN_FIELDS, type RunConfig, TRUNK_FIELDS } from "./run-config.ts";

/** What `dust3r pretrain` is told, with every default filled in. */
export interface PretrainConfig extends RunConfig {
  /** Masking ratio: the share of view 1's patches that the network must reconstruct; CroCo's is 0.9. */
  readonly masked: number;
}

const schema: z.ZodType<PretrainConfig> = z
  .strictObject({
    ...RUN_FIELDS,
    network: z.strictObject(TRUNK_FIELDS),
    masked: z.number().gt(0).lt(1).default(0.9),
  })
  .superRefine(checkOtherHeights);

/** Checks a configuration; an `InputError` names every wrong field, and the field a misspelled one may have meant. */
export function parsePretrainConfig(path: string, value: unknown): PretrainConfig {
  return parseConfig(path, value, schema);
}

/** Whether a recorded configuration says the same as this one. */
export function isSamePretrainConfig(recorded: unknown, config: PretrainConfig): boolean {
  return isSameConfig(recorded, config, schema);
}
