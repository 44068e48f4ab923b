/** How to wait for others. */
export interface ExclusiveOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once, with the holder of the lock and its name, when it has to be waited for. */
  readonly onWait?: ((holder: string, lock: string) => void) | undefined;
}
