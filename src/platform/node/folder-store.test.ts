import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { folderStore, removeFolderStore } from "./folder-store.ts";

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "dust3r-store-")), "store");
});
afterEach(() => rm(join(folder, ".."), { recursive: true }));

describe("folderStore", () => {
  test("knows nothing, and makes no folder, before something is stored", async () => {
    const store = folderStore(folder);
    expect([await store.has("a"), await store.get("a")]).toEqual([false, undefined]);
    expect(await readdir(join(folder, ".."))).toEqual([]);
  });

  test("gives back what was stored last, also to others", async () => {
    await folderStore(folder).put("a", Uint8Array.of(1, 2, 3));
    await folderStore(folder).put("a", Uint8Array.of(4, 5));
    expect(await folderStore(folder).has("a")).toBe(true);
    expect([...(await folderStore(folder).get("a"))!]).toEqual([4, 5]);
    expect(await readdir(folder)).toEqual(["a"]);
  });

  test("counts as never stored whatever was damaged, anywhere", async () => {
    const store = folderStore(folder);
    await store.put("a", Uint8Array.of(1, 2, 3, 4));
    const intact = await readFile(join(folder, "a"));
    const damaged = fc.oneof(
      fc.nat(intact.length - 1).map((length) => intact.subarray(0, length)),
      fc.tuple(fc.nat(intact.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
        const bytes = Buffer.from(intact);
        bytes[at]! ^= change;
        return bytes;
      }),
      fc.uint8Array({ minLength: 1, maxLength: 9 }).map((more) => Buffer.concat([intact, more])),
    );
    await fc.assert(
      fc.asyncProperty(damaged, async (bytes) => {
        await writeFile(join(folder, "a"), bytes);
        expect(await store.get("a")).toBeUndefined();
      }),
    );
  });

  test("is gone once it is removed, also when it never was", async () => {
    await folderStore(folder).put("a", Uint8Array.of(1));
    await removeFolderStore(folder);
    await removeFolderStore(folder);
    expect(await readdir(join(folder, ".."))).toEqual([]);
  });
});
