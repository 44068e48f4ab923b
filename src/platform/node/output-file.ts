import { createHash } from "node:crypto";
import { open, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../../core/errors.ts";
import { isFolder, makeFolder, removeMadeFolders } from "./make-folder.ts";
import { type ReplaceRules, requireReplaceable } from "./replaceable.ts";
import { explained } from "./write-error.ts";
import { formatWrittenFiles, readWrittenFiles, WRITTEN_LIST } from "./written-files.ts";

/** A file that is written piece by piece and appears only when it is complete. */
export interface OutputFile extends AsyncDisposable {
  /** Adds bytes to its end. */
  write(bytes: Uint8Array): Promise<void>;
  /** Moves it to its name. */
  commit(): Promise<void>;
}

/** A device or a pipe would be replaced by the file instead of being written to. */
async function requireFile(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined || there.isFile() || there.isDirectory()) return;
  throw new InputError(`cannot write to ${path}: it is a device or a pipe, not a file; choose the name of a file`);
}

/**
 * Opens a file for writing, making its folder if need be; without a `commit` nothing is left of it. With rules, only what
 * an earlier run wrote under its name is replaced, as the list in its folder says; without, whatever is there.
 */
export async function openOutputFile(path: string, rules?: ReplaceRules): Promise<OutputFile> {
  const [folder, name, partial] = [dirname(path), basename(path), `${path}.partial`];
  if (rules !== undefined)
    await requireReplaceable({ folder, names: [name], written: await readWrittenFiles(folder) }, rules);
  const { made, handle } = await explained(path, async () => {
    const made = await makeFolder(folder);
    await requireFile(path);
    if (await isFolder(path)) throw Object.assign(new Error(`${path} is a folder`), { code: "EISDIR" });
    // What a killed run left is replaced, not written through: it might be a link.
    await rm(partial, { force: true });
    return { made, handle: await open(partial, "wx") };
  });
  const hash = createHash("sha256");
  return {
    write: (bytes) =>
      explained(path, async () => {
        hash.update(bytes);
        await handle.writeFile(bytes);
      }),
    commit: () =>
      explained(path, async () => {
        await handle.close();
        await rename(partial, path);
        if (rules === undefined) return;
        const file = { modified: (await stat(path)).mtimeMs, sha256: hash.digest("hex") };
        const files = new Map([...(await readWrittenFiles(folder)), [name, file]]);
        await writeFile(join(folder, WRITTEN_LIST), formatWrittenFiles(files));
      }),
    async [Symbol.asyncDispose]() {
      await handle.close().catch(() => undefined);
      await rm(partial, { force: true });
      await removeMadeFolders(folder, made);
    },
  };
}
