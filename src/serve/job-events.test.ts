import { expect, test } from "vitest";
import type { Job } from "./job.ts";
import { type JobEvent, JobEvents } from "./job-events.ts";

const present = () => ({ state: "running" }) as Job;
const step = (done: number) => ({ stage: "decode", done, total: 1000 });
const follow = (events: JobEvents, lastId?: string, beatMs = 1000) =>
  events.follow(present, { lastId, signal: new AbortController().signal, beatMs });

async function collect(stream: AsyncIterable<JobEvent | undefined>): Promise<JobEvent[]> {
  const all: JobEvent[] = [];
  for await (const event of stream) if (event !== undefined) all.push(event);
  return all;
}

const doneOf = ({ data }: JobEvent) => ("done" in data ? data.done : "state");

test("a reader begins with the state, and gets what follows until the end", async () => {
  const events = new JobEvents();
  events.stepped(step(1));
  const all = collect(follow(events));
  await Promise.resolve();
  events.stepped(step(2));
  events.changed();
  events.close();
  expect((await all).map(doneOf)).toEqual(["state", 2, "state"]);
});

test("a reader who comes back gets what it missed, once", async () => {
  const events = new JobEvents();
  for (let done = 1; done <= 5; done++) events.stepped(step(done));
  events.close();
  const all = await collect(follow(events, "another server's"));
  expect(all.map(doneOf)).toEqual(["state"]);
  const reader = follow(events, all[0]!.id);
  expect(await collect(reader)).toEqual([]);
  const [last] = /\d+$/.exec(all[0]!.id)!;
  const third = all[0]!.id.replace(/\d+$/, String(Number(last) - 2));
  expect((await collect(follow(events, third))).map(doneOf)).toEqual([4, 5]);
  expect(events.isLast(all[0]!.id)).toBe(true);
  expect(events.isLast(third)).toBe(false);
});

test("a reader who is too slow misses steps and gets the state", async () => {
  const events = new JobEvents();
  const reader = follow(events);
  expect(doneOf((await reader.next()).value!)).toBe("state");
  for (let done = 1; done <= 1000; done++) events.stepped(step(done));
  events.close();
  expect((await collect(reader)).map(doneOf)).toEqual(["state"]);
});

test("silence is told, and a reader who leaves is let go", async () => {
  const events = new JobEvents();
  const leave = new AbortController();
  const reader = events.follow(present, { signal: leave.signal, beatMs: 5 });
  await reader.next();
  expect((await reader.next()).value).toBeUndefined();
  const waiting = events.follow(present, { signal: leave.signal, beatMs: 60_000 });
  await waiting.next();
  const end = waiting.next();
  leave.abort();
  expect((await end).done).toBe(true);
});
