import { setTimeout as pause } from "node:timers/promises";
import sharp from "sharp";
import { expect } from "vitest";
import type { Job, JobProgress } from "../../src/serve/job.ts";

/** A small picture of one color, different for every seed. */
export async function smallPhoto(seed: number): Promise<Uint8Array<ArrayBuffer>> {
  const background = { r: seed % 256, g: (seed * 7) % 256, b: (seed * 31) % 256 };
  const jpeg = await sharp({ create: { width: 32, height: 24, channels: 3, background } })
    .jpeg()
    .toBuffer();
  return new Uint8Array(jpeg);
}

/** A photo as it is sent. */
export interface SentPhoto {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Sends photos: under an id of the client's own where there is one. */
export async function upload(
  base: string,
  photos: readonly SentPhoto[],
  { id, options, headers = {} }: { id?: string; options?: unknown; headers?: Record<string, string> } = {},
): Promise<Response> {
  const body = new FormData();
  if (options !== undefined) body.set("options", JSON.stringify(options));
  for (const { name, bytes } of photos) body.append("photos", new Blob([bytes]), name);
  const target = id === undefined ? "/api/jobs" : `/api/jobs/${id}`;
  return await fetch(`${base}${target}`, { method: id === undefined ? "POST" : "PUT", body, headers });
}

/** As `upload`, for photos that must be taken. */
export async function uploaded(base: string, photos: readonly SentPhoto[], options?: unknown): Promise<Job> {
  const response = await upload(base, photos, { options });
  expect(response.status, await response.clone().text()).toBe(201);
  return (await response.json()) as Job;
}

/** What a job is now. */
export async function job(base: string, id: string): Promise<Job> {
  const response = await fetch(`${base}/api/jobs/${id}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Job;
}

/** All jobs. */
export async function jobs(base: string): Promise<Job[]> {
  return ((await (await fetch(`${base}/api/jobs`)).json()) as { jobs: Job[] }).jobs;
}

/** Waits until something holds; fails after `patience` milliseconds. */
export async function until(holds: () => Promise<boolean> | boolean, patience = 60_000): Promise<void> {
  const end = performance.now() + patience;
  while (!(await holds())) {
    if (performance.now() > end) expect.fail(`not within ${patience} ms: ${holds}`);
    await pause(20);
  }
}

/** Waits for the end of a job. */
export async function finished(base: string, id: string, patience?: number): Promise<Job> {
  let last = await job(base, id);
  await until(async () => {
    last = await job(base, id);
    return ["done", "failed", "canceled"].includes(last.state);
  }, patience);
  return last;
}

/** An event of a job's stream. */
export interface SentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Job & JobProgress;
}

/** The events of a job until its stream ends, or the caller stops. */
export async function* events(base: string, id: string, lastId?: string): AsyncGenerator<SentEvent> {
  const leave = new AbortController();
  try {
    const headers: Record<string, string> = lastId === undefined ? {} : { "Last-Event-ID": lastId };
    const response = await fetch(`${base}/api/jobs/${id}/events`, { headers, signal: leave.signal });
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    let text = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const parts = text.split("\n\n");
      text = parts.pop()!;
      for (const part of parts) {
        const fields = new Map(part.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]));
        if (!fields.has("data")) continue;
        yield { id: fields.get("id")!, event: fields.get("event")!, data: JSON.parse(fields.get("data")!) };
      }
    }
  } finally {
    leave.abort();
  }
}

/** All events of a job's stream. */
export async function allEvents(base: string, id: string, lastId?: string): Promise<SentEvent[]> {
  const all: SentEvent[] = [];
  for await (const event of events(base, id, lastId)) all.push(event);
  return all;
}
