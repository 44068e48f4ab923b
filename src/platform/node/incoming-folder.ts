import { mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { isCommitting, undoCommit } from "./commit-files.ts";
import { isLink } from "./inner-path.ts";
import { isRunning } from "./running-process.ts";

/** Those of this process that are in use. */
const inUse = new Set<string>();

/**
 * Makes a folder inside `folder` for files on their way into it, to be given back to `removeIncomingFolder`. Those of
 * processes of this machine that no longer run, killed before they could clean up, are removed, after what they
 * left half done in `folder` is brought back to what it was.
 */
export async function makeIncomingFolder(folder: string): Promise<string> {
  for (const name of await readdir(folder)) {
    if (!isAbandoned(folder, name)) continue;
    const abandoned = join(folder, name);
    if (!(await isLink(abandoned))) await undoCommit(folder, abandoned);
    await rm(abandoned, { recursive: true, force: true });
  }
  const incoming = await mkdtemp(join(folder, `${prefix()}${process.pid}-`));
  inUse.add(incoming);
  return incoming;
}

/** Removes an incoming folder and whatever is left in it, unless the next run needs it to finish an undo. */
export async function removeIncomingFolder(incoming: string): Promise<void> {
  if (!(await isCommitting(incoming))) await rm(incoming, { recursive: true, force: true });
  inUse.delete(incoming);
}

/** Process numbers mean something on one machine only. */
function prefix(): string {
  return `.incoming-${hostname()}-`;
}

function isAbandoned(folder: string, name: string): boolean {
  if (!name.startsWith(prefix())) return false;
  const [, id] = /^(\d+)-/.exec(name.slice(prefix().length)) ?? [];
  if (id === undefined) return false;
  return Number(id) === process.pid ? !inUse.has(join(folder, name)) : !isRunning(Number(id));
}
