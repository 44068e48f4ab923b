import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Commit, commitFiles } from "./commit-files.ts";
import { makeIncomingFolder, removeIncomingFolder } from "./incoming-folder.ts";

const root = await mkdtemp(join(tmpdir(), "dust3r-commit-"));
afterAll(() => rm(root, { recursive: true }));

/** Two files to replace, one new in a new folder, one to go; `scene.json` last. */
const PLAN = {
  placed: ["colmap/images.bin", "depth/new/d.png", "scene.json"],
  replaced: ["colmap/images.bin", "scene.json"],
  removed: ["old/gone.txt"],
};
/** Two renames for a file that is replaced, one for the others. */
const RENAMES = 6;

async function folderBefore(name: string): Promise<string> {
  const folder = join(root, name);
  for (const file of [...PLAN.replaced, ...PLAN.removed]) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), "before");
  }
  return folder;
}

async function fill(incoming: string): Promise<void> {
  for (const file of PLAN.placed) {
    await mkdir(join(incoming, "new", file, ".."), { recursive: true });
    await writeFile(join(incoming, "new", file), "after");
  }
}

async function begin(name: string): Promise<Commit> {
  const folder = await folderBefore(name);
  const incoming = await makeIncomingFolder(folder);
  await fill(incoming);
  return { folder, incoming, ...PLAN };
}

async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = files.map(async (file) => [file.slice(folder.length + 1), await readFile(file, "utf8")] as const);
  return Object.fromEntries((await Promise.all(pairs)).sort());
}

const BEFORE = { "colmap/images.bin": "before", "old/gone.txt": "before", "scene.json": "before" };
const AFTER = { "colmap/images.bin": "after", "depth/new/d.png": "after", "scene.json": "after" };

describe("`add` is all or nothing", () => {
  test("a commit places, replaces and removes", async () => {
    const commit = await begin("whole");
    await commitFiles(commit);
    await removeIncomingFolder(commit.incoming);
    expect(await contents(commit.folder)).toEqual(AFTER);
    expect((await readdir(commit.folder)).sort()).toEqual(["colmap", "depth", "scene.json"]);
  });

  test.each(Array.from({ length: RENAMES }, (_, i) => i))("when rename %i fails", async (failing) => {
    const commit = await begin(`failing-${failing}`);
    let calls = 0;
    const failsOnce = async (from: string, to: string): Promise<void> => {
      if (calls++ === failing) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
      await rename(from, to);
    };
    await expect(commitFiles(commit, failsOnce)).rejects.toThrow("no space");
    await removeIncomingFolder(commit.incoming);
    expect(await contents(commit.folder)).toEqual(BEFORE);
  });

  test("when it is killed at any rename, and its rerun ends it", async () => {
    const killed = await folderBefore("killed");
    // Before rename 0, …, before the last, and once not at all: then it is done.
    const results = spawnKilled(killed, RENAMES + 1);
    expect(results).toEqual([...Array(RENAMES).fill("SIGKILL"), null]);
    for (let at = 0; at <= RENAMES; at++) {
      const folder = `${killed}-${at}`;
      const incoming = await makeIncomingFolder(folder);
      await removeIncomingFolder(incoming);
      expect(await contents(folder)).toEqual(at < RENAMES ? BEFORE : AFTER);
    }
  });

  test("on another disk, where nothing can be renamed to", async () => {
    const commit = await begin("disk");
    await commitFiles(commit, async () => {
      throw Object.assign(new Error("another disk"), { code: "EXDEV" });
    });
    await removeIncomingFolder(commit.incoming);
    expect(await contents(commit.folder)).toEqual(AFTER);
  });

  test("a journal from somebody else moves and removes nothing outside", async () => {
    const folder = await folderBefore("crafted");
    await writeFile(join(root, "victim.txt"), "mine");
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    const incoming = join(folder, `.incoming-${hostname()}-${dead}-abc`);
    await mkdir(incoming);
    const journal = { placed: ["../victim.txt"], replaced: [], removed: [] };
    await writeFile(join(incoming, "journal.json"), JSON.stringify(journal));
    await expect(makeIncomingFolder(folder)).rejects.toThrow(/leads out of the folder/);
    expect(await readFile(join(root, "victim.txt"), "utf8")).toBe("mine");
  });
});

/** Commits in child processes, each killed before its n-th rename, each in a copy of the folder; gives their signals. */
function spawnKilled(folder: string, count: number): (NodeJS.Signals | null)[] {
  const script = `
    import { cp, rename } from "node:fs/promises";
    import { commitFiles } from ${JSON.stringify(new URL("./commit-files.ts", import.meta.url).href)};
    import { makeIncomingFolder } from ${JSON.stringify(new URL("./incoming-folder.ts", import.meta.url).href)};
    const [folder, fresh, at] = process.argv.slice(-3);
    await cp(${JSON.stringify(folder)}, folder, { recursive: true });
    const incoming = await makeIncomingFolder(folder);
    await cp(fresh, incoming + "/new", { recursive: true });
    let calls = 0;
    await commitFiles({ folder, incoming, ...${JSON.stringify(PLAN)} }, async (from, to) => {
      if (calls++ === Number(at)) process.kill(process.pid, "SIGKILL");
      await rename(from, to);
    });`;
  const flags = ["--conditions=source", "--import", "tsx", "--input-type=module", "--eval", script];
  return Array.from({ length: count }, (_, at) => {
    return spawnSync(process.execPath, [...flags, `${folder}-${at}`, FRESH, `${at}`]).signal;
  });
}

const FRESH = join(root, "fresh");
await fill(FRESH);
await cp(join(FRESH, "new"), FRESH, { recursive: true });
await rm(join(FRESH, "new"), { recursive: true });
