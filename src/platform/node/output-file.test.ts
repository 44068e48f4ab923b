import { execFileSync } from "node:child_process";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openOutputFile } from "./output-file.ts";

const root = await mkdtemp(join(tmpdir(), "dust3r-output-file-"));
afterAll(() => rm(root, { recursive: true }));
const at = (...names: string[]) => join(root, ...names);
const bytes = (text: string) => new TextEncoder().encode(text);
const list = async (path: string) => (await readdir(path, { recursive: true })).sort();

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

  test.each([undefined, { force: true }])(
    "is refused where a pipe or a device has its name: rules %j",
    async (rules) => {
      const pipe = at(`pipe-${JSON.stringify(rules) ?? "none"}`);
      execFileSync("sh", ["-c", 'mkfifo "$0"', pipe]);
      await expect(openOutputFile(pipe, rules)).rejects.toThrow(
        /cannot write to .*: it is a device or a pipe, not a file/,
      );
      expect((await lstat(pipe)).isFIFO()).toBe(true);
    },
  );

  test("writing over what is the user's: with rules, only its own earlier file is replaced", async () => {
    const write = async (text: string, force?: boolean): Promise<void> => {
      await using file = await openOutputFile(at("drawn", "a.png"), { inputs: [at("drawn", "b.png")], force });
      await file.write(bytes(text));
      await file.commit();
    };
    await write("first");
    await write("second");
    await writeFile(at("drawn", "a.png"), "mine");
    await expect(write("third")).rejects.toThrow(/no earlier run wrote.*a\.png/);
    await write("fourth", true);
    expect(await readFile(at("drawn", "a.png"), "utf8")).toBe("fourth");
    await writeFile(at("drawn", "b.png"), "photo");
    const rules = { inputs: [at("drawn", "b.png")], force: true };
    await expect(openOutputFile(at("drawn", "b.png"), rules)).rejects.toThrow(/one of the files to be read/);
  });
});
