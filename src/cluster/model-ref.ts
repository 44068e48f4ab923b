import { InputError } from "../core/errors.ts";
import type { ModelOptions } from "../pipeline/open-model.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";

/** A network by its weights' content, and how it sees photos. Where it runs is the worker's own affair. */
export interface ModelRef extends Pick<ModelOptions, "dtype" | "mirror" | "size" | "fit"> {
  /** As the user named it. */
  readonly name: string | undefined;
  /** Of the checkpoint. */
  readonly hash: string;
}

/** Throws an `InputError` where the weights of that name are others on this machine. */
export function requireWeights({ name, hash }: ModelRef, checkpoint: Checkpoint): void {
  if (checkpoint.hash === hash) return;
  throw new InputError(
    `${name ?? checkpoint.name}: the weights are others here than where the work was given ` +
      `(${checkpoint.hash.slice(0, 12)} instead of ${hash.slice(0, 12)}): put the same file there`,
  );
}
