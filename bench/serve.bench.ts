/** `dust3r serve`: memory when idle and after jobs, how soon a client hears of its upload, and what a job costs besides its work. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const BIN = resolve(import.meta.dirname, "../bin/dust3r.js");
const PHOTOS = ["1", "2"].map((name) => resolve(import.meta.dirname, `../examples/photos/courtyard-${name}.jpg`));
const MODEL = ["--model", "tiny", "--device", "cpu", "--threads", "1"];
const JOBS = 10;
const UPLOADS = 20;
const OPTIONS = { export: ["ply"], refine: "none" };

const folder = await mkdtemp(join(tmpdir(), "dust3r-bench-serve-"));
const server = spawn(
  process.execPath,
  [BIN, "serve", "--port", "0", "--quiet", "--data", join(folder, "data"), ...MODEL],
  {
    stdio: ["ignore", "pipe", "inherit"],
  },
);
try {
  const base = await new Promise<string>((ready) => server.stdout.once("data", (text) => ready(String(text).trim())));
  const idle = await residentMegabytes(base);
  console.log(`idle: ${idle.toFixed(0)} MB, at most 150 aimed at (${(idle / 150).toFixed(2)})`);

  const began = performance.now();
  for (let i = 0; i < JOBS; i++) await finished(base, await upload(base));
  const perJob = (performance.now() - began) / 1000 / JOBS;
  const alone = performance.now();
  const output = join(folder, "out");
  const flags = ["--export", "ply", "--refine", "none", "--quiet", "-o", output];
  execFileSync(process.execPath, [BIN, "reconstruct", ...PHOTOS, ...flags, ...MODEL]);
  const command = (performance.now() - alone) / 1000;
  const ratio = (perJob / command).toFixed(2);
  console.log(`a job of two photos: ${perJob.toFixed(2)} s; dust3r reconstruct: ${command.toFixed(2)} s (${ratio})`);

  await upload(base);
  const delays: number[] = [];
  for (let i = 0; i < UPLOADS; i++) delays.push(await firstByte(base));
  delays.sort((a, b) => a - b);
  const [median, worst] = [delays[UPLOADS / 2]!, delays.at(-1)!];
  console.log(
    `first byte of an upload's progress, beside a job at work: ${median.toFixed(0)} ms in the median, ${worst.toFixed(0)} ms at most; ` +
      `200 aimed at (${(worst / 200).toFixed(2)})`,
  );
  const after = await residentMegabytes(base);
  console.log(`after ${JOBS} jobs and ${UPLOADS} uploads: ${after.toFixed(0)} MB (${(after / idle).toFixed(2)})`);
} finally {
  await end(server);
  await rm(folder, { recursive: true, force: true });
}

async function upload(base: string): Promise<string> {
  const body = new FormData();
  body.set("options", JSON.stringify(OPTIONS));
  for (const path of PHOTOS) body.append("photos", new Blob([readFileSync(path)]), path);
  const response = await fetch(`${base}api/jobs`, { method: "POST", body });
  return ((await response.json()) as { id: string }).id;
}

/** Waits for the end of a job's events. */
async function finished(base: string, id: string): Promise<void> {
  await (await fetch(`${base}api/jobs/${id}/events`)).text();
}

/** Milliseconds from the first byte that is sent to the first that a client who follows the job receives. */
async function firstByte(base: string): Promise<number> {
  const id = randomUUID();
  const began = performance.now();
  const sending = request(`${base}api/jobs/${id}`, {
    method: "PUT",
    headers: { "Content-Type": "multipart/form-data; boundary=x", "Content-Length": 1e6 },
  });
  sending.on("error", () => {});
  sending.write('--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n');
  for (;;) {
    const leave = new AbortController();
    const response = await fetch(`${base}api/jobs/${id}/events`, { signal: leave.signal });
    if (response.status !== 200) continue;
    await response.body!.getReader().read();
    const delay = performance.now() - began;
    leave.abort();
    sending.destroy();
    return delay;
  }
}

async function residentMegabytes(base: string): Promise<number> {
  const metrics = await (await fetch(`${base}metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)![1]) / 1e6;
}

async function end(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exit;
}
