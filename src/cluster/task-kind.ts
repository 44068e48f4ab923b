import type { BlobStore } from "../core/blob-store.ts";
import type { RunOptions, Stage } from "../core/progress.ts";
import type { Model } from "../pipeline/open-model.ts";
import type { ModelRef } from "./model-ref.ts";
import type { FindPhoto } from "./photo-ref.ts";

/** What a task may use. */
export interface TaskContext extends RunOptions {
  /** Receives what is made, under hashes of what it was made from. */
  readonly store: BlobStore;
  readonly findPhoto: FindPhoto;
  /** Opens a network, unless it is open from the task before. */
  readonly openModel: (model: ModelRef) => Promise<Model>;
}

/**
 * A kind of work that any machine may do, as often as it likes: a pure function of its input, which names photos and weights by
 * hashes. It leaves large results in the store and answers with what others need to know; both input and answer are JSON.
 */
export interface TaskKind<Input, Answer> {
  readonly name: string;
  /** What people see of it. */
  readonly stage: Stage;
  /** Part of every key: raise it when the same input gives another answer than before. */
  readonly version: number;
  /** How much there is to do, for progress: photos or pairs. */
  items(input: Input): number;
  /** The names of the photos that it is about. */
  photos(input: Input): readonly string[];
  run(input: Input, context: TaskContext): Promise<Answer>;
  /** Undefined for work that cannot be divided. */
  readonly parts?: TaskParts<Input, Answer> | undefined;
}

/** How work is divided that did not fit in memory. */
export interface TaskParts<Input, Answer> {
  /** Items `from` to before `to`. */
  slice(input: Input, from: number, to: number): Input;
  /** The answer to both parts, the first one's first. */
  join(first: Answer, second: Answer): Answer;
}
