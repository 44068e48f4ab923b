import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../core/errors.ts";
import { openOutputFolder } from "./output-folder.ts";

const root = await mkdtemp(join(tmpdir(), "dust3r-output-"));
afterAll(() => rm(root, { recursive: true }));
const at = (...names: string[]) => join(root, ...names);
const bytes = (text: string) => new TextEncoder().encode(text);
const LIST = ".dust3r-files.json";
const list = async (path: string) => (await readdir(path, { recursive: true })).sort();

describe("openOutputFolder", () => {
  test("shows its files at commit, all at once, replacing earlier ones and leaving others", async () => {
    await mkdir(at("scene", "depth"), { recursive: true });
    await writeFile(at("scene", "points.ply"), "old");
    await writeFile(at("scene", "notes.txt"), "mine");
    {
      await using folder = await openOutputFolder(at("scene"));
      await folder.write("points.ply", bytes("new"));
      await folder.write("depth/a.png", bytes("map"));
      expect(await readFile(at("scene", "points.ply"), "utf8")).toBe("old");
      await folder.commit();
    }
    expect(await list(at("scene"))).toEqual(["depth", "depth/a.png", "notes.txt", "points.ply"]);
    expect(await readFile(at("scene", "points.ply"), "utf8")).toBe("new");
  });

  test("leaves nothing without a commit, not even the folders it made", async () => {
    {
      await using folder = await openOutputFolder(at("a", "b", "c"));
      await folder.write("x/y.txt", bytes("lost"));
    }
    expect(await list(root)).not.toContain("a");
  });

  test("moves nothing when something is in the way of any file", async () => {
    await mkdir(at("blocked", "z.txt"), { recursive: true });
    await using folder = await openOutputFolder(at("blocked"));
    await folder.write("a.txt", bytes("a"));
    await folder.write("z.txt", bytes("z"));
    const failure = await folder.commit().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as Error).message).toMatch(/cannot write to .*z\.txt: a folder is in the way/);
    expect(await readdir(at("blocked"))).not.toContain("a.txt");
  });
});

describe("a folder that is one result", () => {
  const write = async (folder: string, ...names: string[]): Promise<void> => {
    await using output = await openOutputFolder(at(folder), "protect-and-clear");
    for (const name of names) await output.write(name, bytes(name));
    await output.commit();
  };

  test("keeps only what the last run wrote, and what was never ours", async () => {
    await write("again", "points.ply", "depth/a.png", "depth/b.png", "colmap/sparse/0/cameras.bin");
    await writeFile(at("again", "depth", "mine.png"), "mine");
    await write("again", "points.ply", "depth/b.png", "new.txt");
    expect(await list(at("again"))).toEqual([LIST, "depth", "depth/b.png", "depth/mine.png", "new.txt", "points.ply"]);
    await write("again");
    expect(await list(at("again"))).toEqual([LIST, "depth", "depth/mine.png"]);
  });

  test("loses nothing when a run fails", async () => {
    await write("failed", "points.ply", "scene.glb");
    {
      await using output = await openOutputFolder(at("failed"), "protect-and-clear");
      await output.write("points.ply", bytes("new"));
    }
    expect(await list(at("failed"))).toEqual([LIST, "points.ply", "scene.glb"]);
  });

  test("keeps a file that somebody changed", async () => {
    await write("changed", "a.txt", "b.txt");
    await writeFile(at("changed", "a.txt"), "edited");
    await write("changed", "c.txt");
    expect(await list(at("changed"))).toEqual([LIST, "a.txt", "c.txt"]);
  });

  test("a list that was tampered with reaches nothing outside", async () => {
    await write("tampered", "a.txt");
    await writeFile(at("victim.txt"), "mine");
    const { mtimeMs } = await stat(at("victim.txt"));
    const names = ["../victim.txt", "../tampered/../victim.txt", at("victim.txt")];
    const entry = { modified: mtimeMs, sha256: "" };
    await writeFile(at("tampered", LIST), JSON.stringify(Object.fromEntries(names.map((name) => [name, entry]))));
    await write("tampered", "b.txt");
    expect(await readFile(at("victim.txt"), "utf8")).toBe("mine");
    for (const text of ["no list", "null", "[1]", '{ "b.txt": null }']) {
      await writeFile(at("tampered", LIST), text);
      await write("tampered", "c.txt");
      await rm(at("tampered", "c.txt"));
    }
    expect(await list(at("tampered"))).toEqual([LIST, "a.txt", "b.txt"]);
  });

  test("writing over what is the user's: refused by name, before and after the work, unless forced", async () => {
    await mkdir(at("data", "depth"), { recursive: true });
    await writeFile(at("data", "transforms.json"), "mine");
    await writeFile(at("data", "depth", "a.png"), "mine");
    const names = ["transforms.json", "depth/a.png", "scene.json"];
    await using output = await openOutputFolder(at("data"), "protect-and-clear");
    await expect(output.claim(names)).rejects.toThrow(/no earlier run wrote.*: transforms\.json, depth\/a\.png;/);
    await expect(output.claim(names)).rejects.toMatchObject({ remedies: ["force"] });
    for (const name of names) await output.write(name, bytes("ours"));
    await expect(output.commit()).rejects.toThrow(InputError);
    expect(await readFile(at("data", "transforms.json"), "utf8")).toBe("mine");
    expect(await readdir(at("data"))).not.toContain("scene.json");
    await output.commit({ force: true });
    expect(await readFile(at("data", "transforms.json"), "utf8")).toBe("ours");
  });

  test("writing over what is the user's: a file that was changed since is the user's, a copied one is not", async () => {
    await write("edited", "a.txt", "b.txt");
    await utimes(at("edited", "a.txt"), 1, 1);
    await writeFile(at("edited", "b.txt"), "edited");
    await expect(write("edited", "a.txt", "b.txt")).rejects.toThrow(/changed since: b\.txt;/);
    await write("edited", "a.txt");
  });

  test("writing over what is the user's: inputs never, however they are named", async () => {
    await write("inputs", "photo.jpg");
    await symlink(at("inputs", "photo.jpg"), at("inputs", "link.jpg"));
    await using output = await openOutputFolder(at("inputs"), "protect");
    const rules = { inputs: [at("inputs", "link.jpg")], force: true };
    await expect(output.claim(["photo.jpg"], rules)).rejects.toThrow(/photo\.jpg is one of the files to be read/);
  });

  test("a folder from somebody else: links and names that lead out reach nothing", async () => {
    await mkdir(at("elsewhere"));
    await writeFile(at("elsewhere", "a.png"), "a.png");
    const { mtimeMs } = await stat(at("elsewhere", "a.png"));
    await mkdir(at("foreign"));
    await symlink(at("elsewhere"), at("foreign", "depth"));
    await writeFile(at("foreign", LIST), JSON.stringify({ "depth/a.png": { modified: mtimeMs, sha256: "" } }));
    await write("foreign", "points.ply");
    for (const name of ["depth/a.png", "../elsewhere/a.png", at("elsewhere", "a.png")]) {
      await using output = await openOutputFolder(at("foreign"), "protect");
      await expect(output.claim([name], { force: true })).rejects.toThrow(InputError);
    }
    expect(await readFile(at("elsewhere", "a.png"), "utf8")).toBe("a.png");
  });
});

describe("what a killed run left behind", () => {
  test("goes with the next run; what is still being written stays", async () => {
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    const left = `.incoming-${hostname()}-${dead}-abc`;
    await mkdir(at("killed", left, "depth"), { recursive: true });
    await writeFile(at("killed", left, "depth", "a.png"), "half");
    await mkdir(at("killed", `.incoming-elsewhere-${dead}-abc`));
    await using first = await openOutputFolder(at("killed"));
    await first.write("a.txt", bytes("a"));
    await using second = await openOutputFolder(at("killed"));
    await second.write("b.txt", bytes("b"));
    await first.commit();
    const names = await readdir(at("killed"));
    expect(names).toContain("a.txt");
    expect(names).toContain(`.incoming-elsewhere-${dead}-abc`);
    expect(names).not.toContain(left);
    expect(names.filter((name) => name.startsWith(`.incoming-${hostname()}-${process.pid}-`)).length).toBe(2);
  });
});
