import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readTar } from "../../test/read-tar.ts";
import { bytesInMemory } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { encodeTarEntry, TAR_END, type TarEntry } from "./tar.ts";

const archiveOf = (entries: readonly TarEntry[]): Uint8Array =>
  Uint8Array.from([...entries.map(encodeTarEntry), TAR_END].flatMap((part) => [...part]));

const entriesOf = (archive: Uint8Array): Promise<TarEntry[]> => readTar(bytesInMemory("a.tar", archive));

const entry = fc.record({
  name: fc.stringMatching(/^[a-z0-9.-]{1,100}$/),
  bytes: fc.uint8Array({ maxLength: 1500 }),
});

test("what is written is read back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 4 }), async (entries) => {
      expect(await entriesOf(archiveOf(entries))).toEqual(entries);
    }),
    { numRuns: 30 },
  );
});

test("the system's tar extracts it", () => {
  const folder = mkdtempSync(join(tmpdir(), "tar-"));
  try {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i);
    writeFileSync(
      join(folder, "a.tar"),
      archiveOf([
        { name: "one.bin", bytes },
        { name: "two.txt", bytes: new Uint8Array(0) },
      ]),
    );
    expect(execFileSync("tar", ["xvf", "a.tar"], { cwd: folder, encoding: "utf8" })).toBe("one.bin\ntwo.txt\n");
    expect(new Uint8Array(readFileSync(join(folder, "one.bin")))).toEqual(bytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an archive that is cut off or damaged is refused", async () => {
  const archive = archiveOf([
    { name: "one", bytes: new Uint8Array(700) },
    { name: "two", bytes: new Uint8Array(3) },
  ]);
  for (const length of [0, 100, 512, 1000, 1536, 2000, 2559]) {
    await expect(entriesOf(archive.subarray(0, length))).rejects.toThrow(FormatError);
  }
  archive[3] = 65;
  await expect(entriesOf(archive)).rejects.toThrow(/a\.tar: not a tar header/);
});

test("a name that does not fit is refused", () => {
  expect(() => encodeTarEntry({ name: "n".repeat(101), bytes: new Uint8Array(0) })).toThrow(/100 bytes/);
});
