/** What the queue carries of a task. Everything else is in the store, under the key, which is also the job's id. */
export interface QueuedTask {
  /** Of the program that gave it. */
  readonly version: string;
  readonly key: string;
  /** For people. */
  readonly name: string;
}

/** Of all tasks. */
export const QUEUE_NAME = "dust3r";
