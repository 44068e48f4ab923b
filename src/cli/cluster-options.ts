import type { Command } from "commander";
import { InputError } from "../core/errors.ts";
import type { Shard } from "../evaluation/shard.ts";
import { parseShard } from "./shared-options.ts";

/** Flags of work that several machines may share. */
export interface ClusterFlags {
  readonly store?: string;
  readonly shard?: Shard;
}

/** Adds `--store` and `--shard`. */
export function withClusterOptions(command: Command): Command {
  return command
    .option(
      "--store <place>",
      "keep and look up finished work there: a folder that all machines share, or s3://bucket/prefix",
    )
    .option(
      "--shard <i/n>",
      "be the i-th of n processes that work on this together by way of --store; the first writes the scene",
      parseShard,
    );
}

/** Throws an `InputError` for flags that need others. */
export function checkClusterFlags({ store, shard }: ClusterFlags): void {
  if (shard !== undefined && store === undefined)
    throw new InputError("--shard needs --store: the processes know of each other by what is there");
}
