import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { replaceWrittenFiles } from "./written-files.ts";

const folder = mkdtempSync(join(tmpdir(), "dust3r-written-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["", "null", "7", "[", '"a"'])("a list that is %j counts for nothing", async (list) => {
  writeFileSync(join(folder, ".dust3r-files.json"), list);
  writeFileSync(join(folder, "a"), "");
  await replaceWrittenFiles(folder, ["a"]);
  expect(readdirSync(folder).sort()).toEqual([".dust3r-files.json", "a"]);
  expect(Object.keys(JSON.parse(readFileSync(join(folder, ".dust3r-files.json"), "utf8")))).toEqual(["a"]);
});
