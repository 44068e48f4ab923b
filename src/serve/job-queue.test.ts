import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { silentLogger } from "../core/logger.ts";
import { JobFolders } from "./job-folders.ts";
import { JobQueue } from "./job-queue.ts";
import { SERVE_DEFAULTS } from "./serve-limits.ts";

const ID = "0b6e3c1a-8f0e-4f0a-9a51-3f0c1f1d2e3a";
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

test("a job that is canceled while its files are listed stays canceled, and nothing of it is left", async () => {
  const root = await mkdtemp(join(tmpdir(), "dust3r-queue-"));
  ends.push(() => rm(root, { recursive: true, force: true }));
  let canceled: Promise<string> | undefined;
  const queue: JobQueue = await JobQueue.open({
    folders: await JobFolders.open(root),
    limits: SERVE_DEFAULTS,
    logger: silentLogger,
    async runJob({ output }) {
      await mkdir(output);
      await writeFile(join(output, "scene.json"), "");
      setImmediate(() => {
        canceled = queue.cancel(ID).then(({ state }) => state);
      });
      return { status: "ok", registered: 1, warnings: [] };
    },
  });
  await queue.create(ID, 0, async () => ({ photos: [], options: {} }));
  await expect.poll(() => canceled).toBe("canceled");
  await queue.park();
  expect(queue.get(ID).state).toBe("canceled");
  expect(queue.counts).toMatchObject({ done: 0, canceled: 1 });
  expect(await readdir(join(root, "jobs", ID))).toEqual(["job.json"]);
});
