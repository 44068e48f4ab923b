import type { ExclusiveOptions } from "../exclusive.ts";

/** Runs work while no other page of the site runs work under the same lock. */
export async function exclusively<Result>(
  lock: string,
  { signal, onWait }: ExclusiveOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const { held = [] } = await navigator.locks.query();
  if (held.some(({ name }) => name === lock)) onWait?.("another page of this site", lock);
  return (await navigator.locks.request(lock, signal === undefined ? {} : { signal }, work)) as Result;
}
