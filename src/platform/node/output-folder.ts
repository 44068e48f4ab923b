import { createHash } from "node:crypto";
import { lstat, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { commitFiles, waitingPath } from "./commit-files.ts";
import { makeIncomingFolder, removeIncomingFolder } from "./incoming-folder.ts";
import { innerPath } from "./inner-path.ts";
import { makeFolder, removeMadeFolders } from "./make-folder.ts";
import { type ReplaceRules, requireReplaceable } from "./replaceable.ts";
import { explained } from "./write-error.ts";
import {
  formatWrittenFiles,
  isAsWritten,
  readWrittenFiles,
  WRITTEN_LIST,
  type WrittenFile,
  type WrittenFiles,
} from "./written-files.ts";

/** A folder that receives all of its files or none. */
export interface OutputFolder extends AsyncDisposable {
  /**
   * Throws an `InputError` where files of these names could not be written: before work that would be lost. A folder that
   * replaces whatever is there only looks for folders and links in the way.
   */
  claim(names: readonly string[], rules?: ReplaceRules): Promise<void>;
  /** Writes a file below the folder; it appears there at `commit`. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Moves everything written into place, in the order of writing; gives the names of earlier files that it removed. */
  commit(rules?: ReplaceRules): Promise<readonly string[]>;
}

/**
 * What becomes of files that are there: `replace` those of the same names, whoever wrote them; `protect` those that no
 * earlier run wrote; `protect-and-clear` also removes what an earlier run wrote and this one does not.
 */
export type EarlierFiles = "replace" | "protect" | "protect-and-clear";

/** Opens an output folder, making it if need be; throws an `InputError` when it cannot be written to. */
export async function openOutputFolder(folder: string, earlier: EarlierFiles = "replace"): Promise<OutputFolder> {
  const { made, incoming } = await explained(folder, async () => {
    const made = await makeFolder(folder);
    return { made, incoming: await makeIncomingFolder(folder) };
  });
  const fresh = new Map<string, WrittenFile>();
  const write = (name: string, bytes: Uint8Array): Promise<void> =>
    explained(folder, async () => {
      const path = waitingPath(incoming, name);
      await makeFolder(dirname(path));
      await writeFile(path, bytes);
      fresh.set(name, {
        modified: (await stat(path)).mtimeMs,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      });
    });
  const claim = async (names: readonly string[], rules: ReplaceRules = {}): Promise<void> => {
    const written = await readWrittenFiles(folder);
    await requireReplaceable({ folder, names, written }, earlier === "replace" ? { force: true } : rules);
  };
  return {
    claim,
    write,
    async commit(rules) {
      const names = [...fresh.keys()];
      await claim(names, rules);
      const written = await readWrittenFiles(folder);
      const removed = earlier === "protect-and-clear" ? await obsolete(folder, written, fresh) : [];
      const placed = earlier === "replace" ? names : [WRITTEN_LIST, ...names];
      if (earlier !== "replace") {
        const kept = earlier === "protect" ? written : [];
        await write(WRITTEN_LIST, new TextEncoder().encode(formatWrittenFiles(new Map([...kept, ...fresh]))));
      }
      const replaced: string[] = [];
      for (const name of placed) if (await exists(await innerPath(folder, name))) replaced.push(name);
      await explained(folder, () => commitFiles({ folder, incoming, placed, replaced, removed }));
      return removed;
    },
    async [Symbol.asyncDispose]() {
      await removeIncomingFolder(incoming);
      await removeMadeFolders(folder, made);
    },
  };
}

/** What earlier runs wrote and this one does not, as long as nobody changed it. */
async function obsolete(folder: string, written: WrittenFiles, fresh: WrittenFiles): Promise<string[]> {
  const names: string[] = [];
  for (const [name, file] of written) {
    if (fresh.has(name)) continue;
    const path = await innerPath(folder, name).catch(() => undefined);
    if (path !== undefined && (await isAsWritten(path, file))) names.push(name);
  }
  return names;
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
