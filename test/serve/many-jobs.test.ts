import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { scratchFolder } from "../cli/dust3r.ts";
import { jobs, smallPhoto, until, upload } from "./client.ts";
import { contentOf } from "./fake-jobs.ts";
import { type ServerProcess, startFakeServer } from "./server-process.ts";

const at = await scratchFolder();
const JOBS = 50;

async function residentBytes({ base }: ServerProcess): Promise<number> {
  const metrics = await (await fetch(`${base}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)![1]);
}

/** Asks until a server answers: the one that is killed in between does not. */
async function asked(request: () => Promise<Response>): Promise<Response> {
  for (;;) {
    try {
      return await request();
    } catch {
      await pause(50);
    }
  }
}

test("50 jobs at once, a third canceled, the server killed in between: nothing is lost", async () => {
  let server = await startFakeServer(at("data"));
  const sent = await Promise.all(
    Array.from({ length: JOBS }, async (_, i) => {
      const photos = [
        { name: `a${i}.jpg`, bytes: await smallPhoto(2 * i) },
        { name: `b${i}.jpg`, bytes: await smallPhoto(2 * i + 1) },
      ];
      return { id: randomUUID(), photos, isCanceled: i % 3 === 0 };
    }),
  );
  const canceled = new Set<string>();
  const work = Promise.all(
    sent.map(async ({ id, photos, isCanceled }) => {
      const taken = await asked(() => upload(server.base, photos, { id }));
      expect([200, 201], await taken.clone().text()).toContain(taken.status);
      if (!isCanceled) return;
      const { status } = await asked(() => fetch(`${server.base}/api/jobs/${id}/cancel`, { method: "POST" }));
      // Some are done before.
      expect([200, 409]).toContain(status);
      if (status === 200) canceled.add(id);
    }),
  );
  await until(async () => (await countOf(server, "done")) >= 3);
  // One is at work that nobody cancels: it is begun again.
  const wanted = sent.flatMap(({ id, isCanceled }) => (isCanceled ? [] : [id]));
  await until(() => stoppedWhile(server, () => wanted.some((id) => stateOf(at("data", "jobs", id)) === "running")));
  await server.end("SIGKILL");
  server = await startFakeServer(at("data"));
  await fetch(`${server.base}/healthz`);
  const atStart = await residentBytes(server);
  await work;
  await until(async () => (await countOf(server, "queued")) + (await countOf(server, "running")) === 0);

  const all = new Map((await jobs(server.base)).map((job) => [job.id, job]));
  expect([...all.keys()].sort()).toEqual(sent.map(({ id }) => id).sort());
  expect(canceled.size).toBeGreaterThan(JOBS / 6);
  for (const { id, photos } of sent) {
    const { state, files, starts } = all.get(id)!;
    expect(state).toBe(canceled.has(id) ? "canceled" : "done");
    if (canceled.has(id)) continue;
    expect(starts).toBeGreaterThanOrEqual(1);
    expect(files.map(({ name }) => name)).toEqual(["depth/of photo.txt", "scene.json"]);
    const content = await (await fetch(`${server.base}/api/jobs/${id}/files/scene.json`)).text();
    expect(content).toBe(contentOf(photos.map(({ name, bytes }) => ({ label: name, bytes }))));
  }
  expect([...all.values()].filter(({ starts }) => starts > 1).length).toBeGreaterThan(0);
  expect(readdirSync(at("data", "passing"))).toEqual([]);
  for (const id of all.keys()) {
    const left = canceled.has(id) ? "job.json" : "job.json,result";
    await until(
      () =>
        readdirSync(at("data", "jobs", id))
          .sort()
          .join() === left,
      10_000,
    );
  }

  // Once more as many, so that the same process is seen before and after.
  for (const { photos } of sent) expect((await upload(server.base, photos)).status).toBe(201);
  await until(async () => (await countOf(server, "queued")) + (await countOf(server, "running")) === 0);
  expect(await residentBytes(server)).toBeLessThan(1.2 * atStart);
  expect(server.log()).toBe("");
  await server.end("SIGKILL");
}, 60_000);

/** Stops a server for a moment, and leaves it so where something holds on the disk. */
async function stoppedWhile({ child }: ServerProcess, holds: () => boolean): Promise<boolean> {
  child.kill("SIGSTOP");
  await pause(10);
  const isStopped = holds();
  if (!isStopped) child.kill("SIGCONT");
  return isStopped;
}

/** What the record of a job in a folder says; undefined where there is none. */
function stateOf(folder: string): unknown {
  const path = join(folder, "job.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).state : undefined;
}

async function countOf({ base }: ServerProcess, state: string): Promise<number> {
  return (await jobs(base)).filter((job) => job.state === state).length;
}
