import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { InputError } from "../../core/errors.ts";
import { openFile } from "./files.ts";

const folder = mkdtempSync(join(tmpdir(), "dust3r-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(process.platform === "win32")("a FIFO that nobody writes to is refused, not waited for", async () => {
  const path = join(folder, "pipe.json");
  execFileSync("sh", ["-c", 'mkfifo "$0"', path]);
  await expect(openFile(path)).rejects.toThrow(`${path}: is a pipe or a device; a file is expected`);
  await expect(openFile(path)).rejects.toThrow(InputError);
});
