import type { Command } from "commander";
import { InputError } from "../core/errors.ts";
import type { Shard } from "../evaluation/shard.ts";
import { parseShard } from "./shared-options.ts";

/** Flags of work that several machines may share. */
export interface ClusterFlags {
  readonly store?: string;
  readonly queue?: string;
  readonly shard?: Shard;
}

/** Adds `--store`, `--queue` and `--shard`. */
export function withClusterOptions(command: Command): Command {
  return command
    .option(
      "--store <place>",
      "keep and look up finished work there: a folder that all machines share, or s3://bucket/prefix",
    )
    .option("--queue <url>", "have it done by the workers at redis://host:port or postgres://user@host/database")
    .option(
      "--shard <i/n>",
      "be the i-th of n processes that work on this together by way of --store; the first writes the scene",
      parseShard,
    );
}

/** Throws an `InputError` for flags that need others. */
export function checkClusterFlags({ store, queue, shard }: ClusterFlags): void {
  if (shard !== undefined && store === undefined)
    throw new InputError("--shard needs --store: the processes know of each other by what is there");
  if (queue !== undefined && store === undefined)
    throw new InputError("--queue needs --store: the workers find photos and leave their work there");
  if (queue !== undefined && shard !== undefined)
    throw new InputError("--queue and --shard are two ways to share the work; give one of them");
}
