import { readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";

/** Lists what the last run wrote to a folder, so that the next one can replace all of it. */
const LIST = ".dust3r-files.json";

/** The files a run wrote, relative to the folder, each with the time of its last change in milliseconds. */
type WrittenFiles = Readonly<Record<string, number>>;

/**
 * Makes `names` the files of a folder: those that an earlier run wrote and this one did not are removed. What somebody
 * changed since, or put there, stays.
 */
export async function replaceWrittenFiles(folder: string, names: readonly string[]): Promise<void> {
  const kept = new Set(names.map(normalize));
  for (const [name, time] of Object.entries(await readList(folder))) {
    const path = join(folder, name);
    if (kept.has(normalize(name)) || !isBelow(folder, path) || (await timeOf(path)) !== time) continue;
    await rm(path);
    await removeEmptyFolders(dirname(path), folder);
  }
  const written: Record<string, number | undefined> = {};
  for (const name of names) written[name] = await timeOf(join(folder, name));
  await writeFile(join(folder, LIST), `${JSON.stringify(written, null, 1)}\n`);
}

/** Empty where there is no list, or none that can be read. */
async function readList(folder: string): Promise<WrittenFiles> {
  try {
    const list: unknown = JSON.parse(await readFile(join(folder, LIST), "utf8"));
    return typeof list === "object" && list !== null ? (list as WrittenFiles) : {};
  } catch {
    return {};
  }
}

async function timeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.mtimeMs : undefined;
}

async function removeEmptyFolders(innermost: string, outermost: string): Promise<void> {
  try {
    for (let path = innermost; isBelow(outermost, path); path = dirname(path)) await rmdir(path);
  } catch {
    // It holds something else.
  }
}

function isBelow(folder: string, path: string): boolean {
  return normalize(path).startsWith(normalize(folder + sep));
}
