import { type Command, InvalidArgumentError, Option } from "commander";
import type { Shard } from "../evaluation/shard.ts";
import type { ModelOptions } from "../pipeline/open-model.ts";
import { DEVICES, type Device, PRECISIONS, type Precision } from "../runtime/device.ts";

/** Flags of every command that runs the network. */
export interface NetworkFlags {
  readonly model?: string;
  readonly device: Device;
  readonly dtype: Precision;
  readonly threads?: number;
}

/** Flags of every command. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What `--pairs` may be, for help texts. */
export const PAIRS_HELP =
  "auto (all of up to 12 photos, of more about ten for each) | complete | window:N | logwindow:N (add :open for no wrap-around) | star:INDEX | retrieval:N (with the N most alike) | a file of pairs";

/** What to do after Ctrl-C. */
export const RESUME_HINT = "run the same command again to go on";

/** Adds `--model`, `--device`, `--dtype` and `--threads`. */
export function withNetworkOptions(command: Command): Command {
  return command
    .option("--model <name>", "embedded name, file, folder or hub id such as naver/DUSt3R_ViTLarge_BaseDecoder_512_dpt")
    .addOption(new Option("--device <device>", "where the network runs").choices(DEVICES).default("auto"))
    .addOption(
      new Option("--dtype <dtype>", "precision of the network; q8 calculates on 8-bit numbers, on the CPU")
        .choices(PRECISIONS)
        .default("fp32"),
    )
    .option("--threads <n>", "CPU threads (default: all cores)", positiveInteger);
}

/** Flags of every command that runs the network on photos. */
export interface ViewFlags extends NetworkFlags, OutputFlags {
  readonly size?: number;
  readonly fit?: "keep" | "reference";
  readonly mirror?: boolean;
}

/** Adds `--size`, `--fit` and what `ViewFlags` extends: for commands that ask the encoder alone. */
export function withEncoderOptions(command: Command): Command {
  command
    .option("--size <pixels>", "long side the network sees (default: what the model was trained with)", positiveInteger)
    .addOption(new Option("--fit <how>", "how photos are brought to that size").choices(["keep", "reference"]));
  return withOutputOptions(withNetworkOptions(command));
}

/** Adds `--size`, `--fit`, `--mirror` and what `ViewFlags` extends. */
export function withViewOptions(command: Command): Command {
  return withEncoderOptions(command)
    .option(
      "--mirror",
      "test-time augmentation by horizontal flip: twice the work, fewer errors (default: as the model says)",
    )
    .option("--no-mirror", "do not, whatever the model says");
}

/** Flags of every command for which EXIF data count. */
export interface ExifFlags {
  /** False by `--no-exif`. */
  readonly exif?: boolean;
}

/** Adds `--no-exif`. */
export function withExifOption(command: Command): Command {
  return command.option("--no-exif", "take no notice of the focal lengths in the photos' EXIF data");
}

/** Those of the flags that choose the network, where and how it runs. */
export function modelOptions({ model, device, dtype, mirror, threads, size, fit }: ViewFlags): ModelOptions {
  return { model, device, dtype, mirror, threads, size, fit };
}

/** Flags of every command that writes files. */
export interface ForceFlags {
  readonly force?: true;
}

/** Adds `--force`. */
export function withForceOption(command: Command): Command {
  return command.option("--force", "replace also files that no earlier run wrote, or that were changed since");
}

/** Flags of every command that runs the network on many photos. */
export interface PhotoFlags extends ViewFlags, ForceFlags {
  readonly output: string;
  readonly pairs: string;
  readonly resume: boolean;
  readonly skipBroken?: true;
}

/** Adds `--pairs`, `--skip-broken`, `--resume`, `--force` and what `PhotoFlags` extends. */
export function withPhotoOptions(command: Command, pairsHelp: string): Command {
  command
    .option("--pairs <graph>", pairsHelp, "auto")
    .option("--skip-broken", "go on without photos that cannot be read")
    .option("--no-resume", "do not re-use what an interrupted run of the same photos finished")
    .addOption(new Option("--resume").hideHelp());
  return withViewOptions(withForceOption(command));
}

/** Adds `--json` and `--quiet`. */
export function withOutputOptions(command: Command): Command {
  return command
    .option("--json", "print the result as JSON on stdout")
    .option("--quiet", "print no progress, only problems");
}

/** Parses a whole number of at least 1. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("a whole number of at least 1 is expected.");
  return value;
}

/** Parses a finite number. */
export function finiteNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("a number is expected.");
  return value;
}

/** Parses `i/n`, such as 1/4 for the first of four parts. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.index <= shard.count) return shard;
  throw new InvalidArgumentError("i/n is expected, such as 1/4 for the first of four parts.");
}
