import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BIN, dust3r, expectUserError, ON_CPU, scratchFolder } from "../cli/dust3r.ts";
import { SAMPLE_PHOTOS } from "../cli/photos.ts";
import { events, finished, job, type SentPhoto, until, uploaded } from "./client.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

const at = await scratchFolder();
const start = () =>
  startServerProcess([
    BIN,
    "serve",
    ...["--port", "0", "--data", at("data"), "--max-pixels", "1", "--model", "tiny"],
    ...ON_CPU,
  ]);
const photos: readonly SentPhoto[] = await Promise.all(
  ["1", "2", "3"].map(async (name) => {
    const photo = sharp(resolve(SAMPLE_PHOTOS, `courtyard-${name}.jpg`)).resize(320, 240);
    return { name: `${name}.jpg`, bytes: new Uint8Array(await photo.jpeg().toBuffer()) };
  }),
);
const FAST = { refine: "none", export: ["ply"] };

/** Of real work, on a machine that has other work. */
const PATIENCE_MS = 50_000;

let server: ServerProcess;
beforeAll(async () => {
  server = await start();
});
afterAll(async () => {
  if (server.child.exitCode === null && server.child.signalCode === null) await server.end("SIGKILL");
});

/** Processes that a process started. */
function childrenOf(pid: number): number[] {
  try {
    return execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map(Number);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    // One that has ended and that nobody has asked about yet counts as ended.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Waits until a job has decoded so many pairs. */
async function decoded(id: string, pairs: number): Promise<void> {
  for await (const { event, data } of events(server.base, id))
    if (event === "progress" && data.stage === "decode" && data.done >= pairs) return;
}

test("an idle server takes at most 150 MB", async () => {
  const metrics = await (await fetch(`${server.base}/metrics`)).text();
  const bytes = Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)![1]);
  expect(bytes).toBeGreaterThan(20e6);
  expect(bytes).toBeLessThan(150e6);
});

test("a job survives kill -9 of the server, whose processes end with it, and goes on where it was", async () => {
  const { id } = await uploaded(server.base, photos, FAST);
  await decoded(id, 2);
  const worker = childrenOf(server.child.pid!);
  const processes = [...worker, ...worker.flatMap(childrenOf)];
  expect(processes.length).toBeGreaterThanOrEqual(2);
  await server.end("SIGKILL");
  await until(() => !processes.some(isAlive));
  server = await start();
  const done = await finished(server.base, id, PATIENCE_MS);
  expect(done).toMatchObject({ state: "done", starts: 2, registered: expect.any(Number), error: null });
  expect(done.files.map(({ name }) => name)).toEqual(["points.ply", "scene.json"]);
  const scene = await (await fetch(`${server.base}/api/jobs/${id}/files/scene.json`)).json();
  expect(scene.images.map(({ file }: { file: string }) => file)).toEqual(photos.map(({ name }) => name));
  expect(scene.model.name).toBe("tiny");
  expect(scene.status).toBe(done.status);
});

test("a process that is killed fails its job, not the server; the memory of jobs is theirs", async () => {
  const { id } = await uploaded(server.base, photos, FAST);
  await decoded(id, 1);
  const [worker] = childrenOf(server.child.pid!);
  process.kill(worker!, "SIGKILL");
  expect(await finished(server.base, id, PATIENCE_MS)).toMatchObject({
    state: "failed",
    error: { kind: "machine", message: expect.stringMatching(/SIGKILL/) },
  });
  expect(childrenOf(server.child.pid!)).toEqual([]);
});

test("what cannot be read, or is too large, is named", async () => {
  const broken = { name: "broken.jpg", bytes: photos[0]!.bytes.slice(0, 400) };
  const { id } = await uploaded(server.base, [broken, photos[0]!], FAST);
  const large = {
    name: "large.png",
    bytes: new Uint8Array(
      await sharp({ create: { width: 1200, height: 900, channels: 3, background: "red" } })
        .png()
        .toBuffer(),
    ),
  };
  const second = await uploaded(server.base, [large], FAST);
  expect(await finished(server.base, id, PATIENCE_MS)).toMatchObject({
    state: "failed",
    error: { kind: "input", message: expect.stringMatching(/broken\.jpg/) },
  });
  expect(await finished(server.base, second.id, PATIENCE_MS)).toMatchObject({
    state: "failed",
    error: { kind: "input", message: expect.stringMatching(/large\.png: 1200x900 pixels, at most 1 million/) },
  });
});

test("a folder has one server", async () => {
  expectUserError(await dust3r("serve", "--port", "0", "--data", at("data")), /is used by another server/);
  expectUserError(await dust3r("serve", "--host", "0.0.0.0", "--data", at("other")), /--token/);
  expectUserError(await dust3r("serve", "--model", "nothing", "--data", at("other")), /model "nothing" was not found/);
});

test("SIGTERM parks the job at work: exit 0, and it is the first in the queue of the next server", async () => {
  const { id } = await uploaded(server.base, photos, FAST);
  await decoded(id, 2);
  const worker = childrenOf(server.child.pid!);
  expect(await server.end("SIGTERM")).toBe(0);
  expect(worker.some(isAlive)).toBe(false);
  expect(server.log()).toMatch(/stopping: jobs at work go on at the next start/);
  expect(JSON.parse(readFileSync(at("data", "jobs", id, "job.json"), "utf8"))).toMatchObject({
    state: "queued",
    starts: 0,
  });
  server = await start();
  expect((await job(server.base, id)).state).toBe("running");
  for await (const { event, data } of events(server.base, id)) {
    if (event !== "progress" || data.stage !== "decode") continue;
    expect(data.reused).toBeGreaterThanOrEqual(2);
    break;
  }
  expect((await fetch(`${server.base}/api/jobs/${id}/cancel`, { method: "POST" })).status).toBe(200);
  await until(() => childrenOf(server.child.pid!).length === 0);
  expect(await server.end("SIGTERM")).toBe(0);
});
