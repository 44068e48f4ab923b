import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RunJob } from "../../src/serve/job-runner.ts";

/** Steps of one job. */
export const STEPS = 5;

/** What a job's result says: which photos it had. */
export function contentOf(photos: readonly { readonly label: string; readonly bytes: Uint8Array }[]): string {
  return photos.map(({ label, bytes }) => `${label} ${createHash("sha256").update(bytes).digest("hex")}`).join("\n");
}

/** Does jobs in steps of some milliseconds, keeping each finished step as the reconstruction keeps its pairs. */
export function fakeJobs(milliseconds: number): RunJob {
  return async ({ photos, output }, { signal, onProgress }) => {
    const store = join(output, ".resume");
    await mkdir(store, { recursive: true });
    const reused = (await readdir(store)).length;
    for (let done = reused; done < STEPS; done++) {
      await pause(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
      await writeFile(join(store, String(done)), "");
      onProgress({ stage: "decode", done: done + 1, total: STEPS, reused });
    }
    const read = await Promise.all(photos.map(async ({ path, label }) => ({ label, bytes: await readFile(path) })));
    await mkdir(join(output, "depth"), { recursive: true });
    await writeFile(join(output, "depth", "of photo.txt"), "depth");
    await writeFile(join(output, "scene.json"), contentOf(read));
    return { status: "ok", registered: photos.length, warnings: [] };
  };
}
