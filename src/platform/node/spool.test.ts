import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSpool } from "./spool.ts";

test("values are read as they were written, in any order and however often; nothing is left", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dust3r-spool-"));
  try {
    const spool = (await openSpool(join(folder, "inner")))!;
    const whole = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
    const reads = [spool.put(whole)!, spool.put(new Uint8Array(0))!, spool.put(whole.subarray(10, 15))!];
    expect(reads[2]!()).toEqual(whole.slice(10, 15));
    expect(reads[0]!()).toEqual(whole);
    reads[0]!().fill(0);
    expect(reads[0]!()).toEqual(whole);
    expect(reads[1]!()).toHaveLength(0);
    if (process.platform !== "win32") expect(readdirSync(join(folder, "inner"))).toEqual([]);
    await spool[Symbol.asyncDispose]();
    expect(readdirSync(join(folder, "inner"))).toEqual([]);
    expect(() => reads[0]!()).toThrow();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
