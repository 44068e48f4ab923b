import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExclusiveOptions } from "../exclusive.ts";
import { makeFolder } from "./make-folder.ts";
import { isRunning } from "./running-process.ts";
import { explained, explainWriteError } from "./write-error.ts";

const POLL_MS = 200;

/** Locks of this process: one with its number that is not among them is an earlier process's. */
const held = new Set<string>();

/**
 * Runs work while no other process runs work under the same lock, a file that says who holds it. Those of processes of this
 * machine that no longer run are taken over. Throws an `InputError` where the lock cannot be made.
 */
export async function exclusively<Result>(
  lock: string,
  { signal, onWait }: ExclusiveOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const own = `process ${process.pid} on ${hostname()}`;
  for (let told = false; !(await create(lock, own)); ) {
    signal?.throwIfAborted();
    const holder = await readFile(lock, "utf8").catch(() => undefined);
    if (holder !== undefined && isDead(lock, holder)) {
      await takeAway(lock, holder);
      continue;
    }
    if (holder !== undefined && !told) onWait?.(holder, lock);
    told ||= holder !== undefined;
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
  }
  held.add(lock);
  try {
    return await work();
  } finally {
    held.delete(lock);
    await rm(lock, { force: true });
  }
}

async function create(lock: string, own: string): Promise<boolean> {
  // A file in the way of the folder is no lock that somebody holds.
  await explained(lock, () => makeFolder(dirname(lock)));
  try {
    await writeFile(lock, own, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw explainWriteError(lock, error);
  }
}

function isDead(lock: string, holder: string): boolean {
  const [, id, host] = /^process (\d+) on (.*)$/s.exec(holder) ?? [];
  if (host !== hostname()) return false;
  return Number(id) === process.pid ? !held.has(lock) : !isRunning(Number(id));
}

/** Removes the lock of a dead process, and only that: another process may have been faster and hold it now. */
async function takeAway(lock: string, dead: string): Promise<void> {
  const aside = `${lock}.${process.pid}`;
  try {
    await rename(lock, aside);
    if ((await readFile(aside, "utf8")) === dead) await rm(aside);
    else await rename(aside, lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw explainWriteError(lock, error);
  }
}
