import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../core/errors.ts";
import { openOutputFile, openOutputFolder } from "./output-folder.ts";

const root = await mkdtemp(join(tmpdir(), "dust3r-output-"));
afterAll(() => rm(root, { recursive: true }));
const at = (...names: string[]) => join(root, ...names);
const bytes = (text: string) => new TextEncoder().encode(text);
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

describe("openOutputFile", () => {
  test("appears at commit, whole", async () => {
    {
      await using file = await openOutputFile(at("made", "pairs.bin"));
      await file.write(bytes("one "));
      await file.write(bytes("two"));
      expect(await readdir(at("made"))).toEqual(["pairs.bin.partial"]);
      await file.commit();
    }
    expect(await readdir(at("made"))).toEqual(["pairs.bin"]);
    expect(await readFile(at("made", "pairs.bin"), "utf8")).toBe("one two");
  });

  test("leaves nothing without a commit", async () => {
    {
      await using file = await openOutputFile(at("unmade", "pairs.bin"));
      await file.write(bytes("lost"));
    }
    expect(await list(root)).not.toContain("unmade");
  });

  test("is refused at once where a folder has its name", async () => {
    await mkdir(at("taken"));
    await expect(openOutputFile(at("taken"))).rejects.toThrow(/taken: a folder is in the way/);
  });
});
