import { expect, test } from "vitest";
import { memoryStore } from "../../test/cluster/memory-store.ts";
import type { BlobStore } from "../core/blob-store.ts";
import { InputError } from "../core/errors.ts";
import type { ProgressEvent } from "../core/progress.ts";
import { runShard } from "./run-shard.ts";
import { storeAnswer } from "./task.ts";
import type { TaskKind } from "./task-kind.ts";
import type { TaskRunner } from "./task-runner.ts";

/** Doubles numbers; 13 is poison. */
const double: TaskKind<number, number> = {
  name: "double",
  stage: "decode",
  version: 1,
  items: () => 3,
  photos: (input) => [`${input}.jpg`],
  run: async (input) => 2 * input,
};

function runnerOf(store: BlobStore, done: number[]): TaskRunner {
  return {
    async run(task) {
      if (task.input === 13) throw new InputError("13 is poison");
      done.push(task.input as number);
      await new Promise((resolve) => setTimeout(resolve, 2));
      const answer = await double.run(task.input as number, undefined as never);
      await storeAnswer(store, task, answer);
      return answer;
    },
    async [Symbol.asyncDispose]() {},
  };
}

function shard(index: number, count: number, store: BlobStore, patience = 20) {
  const done: number[] = [];
  const events: ProgressEvent[] = [];
  const runner = runnerOf(store, done);
  const onProgress = (event: ProgressEvent) => void events.push(event);
  return {
    done,
    events,
    run: runShard({ shard: { index, count }, store, runner, poll: 2, patience, onProgress }),
  };
}

const INPUTS = [1, 2, 3, 4, 5, 6, 7];
const ANSWERS = INPUTS.map((input) => 2 * input);

test("parts at work together do each task once, and all get all answers in order", async () => {
  const store = memoryStore();
  const parts = [1, 2, 3].map((index) => shard(index, 3, store, 5000));
  const answers = await Promise.all(parts.map(({ run }) => run(double, INPUTS)));
  for (const answer of answers) expect(answer).toEqual(ANSWERS);
  expect(parts.map(({ done }) => done)).toEqual([
    [1, 4, 7],
    [2, 5],
    [3, 6],
  ]);
  for (const { events } of parts) expect(events.at(-1)).toEqual({ stage: "decode", done: 21, total: 21 });
});

test("a part does what the others never do, also when it is the only one", async () => {
  const alone = shard(2, 3, memoryStore());
  expect(await alone.run(double, INPUTS)).toEqual(ANSWERS);
  expect(alone.done.slice(0, 2)).toEqual([2, 5]);
  expect([...alone.done].sort()).toEqual(INPUTS);
});

test("a part that comes when all is done does nothing", async () => {
  const store = memoryStore();
  await shard(1, 1, store).run(double, INPUTS);
  const late = shard(2, 2, store);
  expect(await late.run(double, INPUTS)).toEqual(ANSWERS);
  expect(late.done).toEqual([]);
});

test("a task that cannot be done is named with its photos, and the others are done", async () => {
  const store = memoryStore();
  const part = shard(1, 2, store);
  await expect(part.run(double, [12, 13, 14])).rejects.toThrow(
    new InputError("1 of 3 tasks failed, the others are done and kept:\n  double 13.jpg: 13 is poison"),
  );
  expect([...part.done].sort()).toEqual([12, 14]);
});
