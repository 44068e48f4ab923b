/** A second process that answers requests one after another, so that heavy native work never blocks this one. */
export interface WorkerProcess {
  /** Sends a message and waits for its answer; rejects with what the worker threw, or when it dies. */
  request(message: unknown): Promise<unknown>;
  /** Ends the process at once, even in the middle of native work; pending requests reject with `reason`. */
  kill(reason: unknown): void;
}
