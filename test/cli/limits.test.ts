import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { BIN, scratchFolder } from "./dust3r.ts";
import { SAMPLE_PHOTOS } from "./photos.ts";

const at = await scratchFolder();

/** Runs Node under a limit that the shell sets it. */
function limited(limit: string, ...args: readonly string[]) {
  return spawnSync("sh", ["-c", `${limit}; exec "$0" "$@"`, process.execPath, ...args], { encoding: "utf8" });
}

describe.skipIf(process.platform !== "linux")("what the system allows a run too little of", () => {
  const command = [BIN, "reconstruct", SAMPLE_PHOTOS, "-o", at("scene"), "--device", "cpu"];

  test.concurrent.each([
    // Files are short before there is a program, while it loads, and when it loads what a command takes.
    ...[24, 44, 60, 110].map(
      (most) => [`ulimit -n ${most}`, /^error: too many files are open: raise the limit/m] as const,
    ),
    ["ulimit -v 4000000", /^error: not enough memory: at most 4000000 kB are allowed \(ulimit -v\)/m],
  ] as const)("%s is a clear error", async (limit, message) => {
    const { status, stderr, stdout } = limited(limit, ...command);
    expect([status, stderr, stdout]).toEqual([2, expect.stringMatching(message), ""]);
    expect(stderr).not.toMatch(/^ {4}at |a bug/m);
  });

  test("a process that cannot start says why", () => {
    const module = resolve(import.meta.dirname, "../../dist/platform/node/worker-process.js");
    const program = `
      import { openSync } from "node:fs";
      import { startWorkerProcess } from ${JSON.stringify(module)};
      try { for (;;) openSync("/dev/null"); } catch {}
      const worker = startWorkerProcess(import.meta.url, "none", "counts");
      const error = await worker.request({}).catch((error) => error);
      process.stdout.write(error.name + ": " + error.message);`;
    const { stdout, stderr } = limited("ulimit -n 60", "--input-type=module", "-e", program);
    const start = /^CapabilityError: the process that counts cannot start: too many files are open: raise the limit/;
    expect(stdout, stderr).toMatch(start);
  });
});
