import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readWrittenFiles } from "./written-files.ts";

const folder = mkdtempSync(join(tmpdir(), "dust3r-written-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["", "null", "7", "[", '"a"', '{"../a":{"modified":1,"sha256":""}}', '{"a":null}'])(
  "a list that is %j counts for nothing",
  async (list) => {
    writeFileSync(join(folder, ".dust3r-files.json"), list);
    expect(await readWrittenFiles(folder)).toEqual(new Map());
  },
);
