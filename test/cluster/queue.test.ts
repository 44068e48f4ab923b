import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findFeatures } from "../../src/cluster/kinds/find-features.ts";
import { type Broker, openBroker } from "../../src/cluster/queue/broker.ts";
import { queueReport } from "../../src/cluster/queue/queue-report.ts";
import { QUEUE_NAME, type QueuedTask } from "../../src/cluster/queue/queued-task.ts";
import { runByQueue } from "../../src/cluster/queue/run-by-queue.ts";
import { workOnQueue } from "../../src/cluster/queue/work-on-queue.ts";
import { readAnswer, storeAnswer, type Task } from "../../src/cluster/task.ts";
import type { TaskRunner } from "../../src/cluster/task-runner.ts";
import type { ViewFacts } from "../../src/cluster/view-facts.ts";
import { InputError } from "../../src/core/errors.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { hasRedis, postgresPrograms, startPostgres, startRedis, type TestBroker } from "./brokers.ts";
import { memoryStore } from "./memory-store.ts";

const LEASE = 1000;
let store = memoryStore();
let inputs: { views: readonly ViewFacts[]; featureSize: number }[] = [];
let seed = 0;
/** How often each task was worked on. */
let worked = new Map<unknown, number>();

beforeEach(() => {
  store = memoryStore();
  worked = new Map();
  seed += 1000;
  inputs = Array.from({ length: 12 }, (_, i) => ({
    views: [{ name: `${i}.jpg` } as ViewFacts],
    featureSize: seed + i,
  }));
});

interface FakeWork {
  readonly milliseconds?: number;
  readonly before?: (task: Task, signal: AbortSignal | undefined) => Promise<void> | void;
}

/** Does nothing but take time; the answer names the task. */
function fakeRunner({ milliseconds = 5, before }: FakeWork = {}): TaskRunner {
  return {
    async run(task, { signal } = {}) {
      const done = await readAnswer(store, task);
      if (done) return done.answer;
      const { featureSize } = task.input as { featureSize: number };
      worked.set(featureSize, (worked.get(featureSize) ?? 0) + 1);
      await before?.(task, signal);
      await pause(milliseconds, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
      await storeAnswer(store, task, featureSize);
      return featureSize;
    },
    async [Symbol.asyncDispose]() {},
  };
}

describe.skipIf(!hasRedis())("Redis", () => testQueue(startRedis));
describe.skipIf(postgresPrograms() === undefined)("PostgreSQL", () => testQueue(startPostgres));

function testQueue(start: () => Promise<TestBroker>): void {
  let server: TestBroker;
  let broker: Broker;
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    server = await start();
    broker = await openBroker(server.address);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  function startWorker(work: FakeWork = {}, version = "1", lease = LEASE) {
    const controller = new AbortController();
    const { signal } = controller;
    const name = `host/${ends.length}`;
    const runner = fakeRunner(work);
    const finished = workOnQueue({ broker, store, runner, name, version, logger: silentLogger, signal, lease });
    finished.catch(() => {});
    const stop = async () => {
      controller.abort(new Error("stopped"));
      await finished.catch(() => {});
    };
    ends.push(stop);
    return { finished, stop };
  }

  function submitter(version = "1") {
    const queue = new broker.Queue<QueuedTask>(QUEUE_NAME, { connection: broker.connection });
    queue.on("error", () => {});
    ends.push(() => queue.close());
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (text: string) => void warnings.push(text) };
    const run = runByQueue({ queue, store, version, logger, poll: 50 });
    return { queue, warnings, run: () => run(findFeatures, inputs) as Promise<unknown[]> };
  }

  const answers = () => inputs.map(({ featureSize }) => featureSize);
  const times = () => answers().map((task) => worked.get(task));

  test("two submitters of the same work and two workers: each task is done once, all answers come in order", async () => {
    startWorker();
    startWorker();
    const [one, other] = [submitter(), submitter()];
    expect(await Promise.all([one.run(), other.run()])).toEqual([answers(), answers()]);
    expect(times()).toEqual(inputs.map(() => 1));
    const { workers, failed } = await queueReport(one.queue);
    expect([workers, failed]).toEqual([["host/0", "host/1"], []]);
    expect(await submitter().run()).toEqual(answers());
  });

  test("a task that cannot be done is named with its photos, the rest goes on, and it is tried again when given again", async () => {
    let isPoisoned = true;
    const poison = (task: Task) => {
      if (isPoisoned && (task.input as { featureSize: number }).featureSize === seed + 3)
        throw new InputError("poison");
    };
    startWorker({ before: poison });
    const failure = (await submitter()
      .run()
      .catch((error: unknown) => error)) as Error;
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message).toBe("1 of 12 tasks failed, the others are done and kept:\n  features 3.jpg: poison");
    expect(times()).toEqual(inputs.map(() => 1));
    isPoisoned = false;
    expect(await submitter().run()).toEqual(answers());
  });

  test("accidents are tried again, up to three times in all", async () => {
    startWorker({
      before: () => {
        if ((worked.get(seed) ?? 0) < 3 && worked.size === 1) throw new Error("no memory");
      },
    });
    inputs = inputs.slice(0, 1);
    expect(await submitter().run()).toEqual(answers());
    expect(times()).toEqual([3]);
  });

  test("a worker that is stopped gives its task back at once", async () => {
    // No lease ends within the test: it is not that which frees the task.
    const first = startWorker({ milliseconds: 60_000 }, "1", 100_000);
    inputs = inputs.slice(0, 1);
    const result = submitter().run();
    while (worked.size < 1) await pause(10);
    await first.stop();
    startWorker({}, "1", 100_000);
    expect(await result).toEqual(answers());
    expect(times()).toEqual([2]);
  });

  test("a worker of another version is refused by name, and takes nothing", async () => {
    const stranger = startWorker({}, "0.9");
    const { run, warnings } = submitter("1");
    const result = run();
    await expect(stranger.finished).rejects.toThrow(
      /^host\/0 has version 0\.9 of dust3r, the work was given by version 1/,
    );
    await pause(150);
    startWorker({}, "1");
    expect(await result).toEqual(answers());
    expect(warnings).toContainEqual(expect.stringMatching(/host\/0 has version 0\.9/));
  });

  test("tasks that were taken out of the queue, and answers that were lost, are made up for", async () => {
    const one = submitter();
    const result = one.run();
    while ((await one.queue.getWaitingCount()) < inputs.length) await pause(10);
    await one.queue.drain(true);
    startWorker();
    expect(await result).toEqual(answers());
    store.kept.clear();
    expect(await submitter().run()).toEqual(answers());
    expect(times()).toEqual(inputs.map(() => 2));
  });

  test("a broker that is killed and started again has lost nothing", async () => {
    startWorker({ milliseconds: 40 });
    const result = submitter().run();
    while (worked.size < 3) await pause(10);
    await server.restart();
    expect(await result).toEqual(answers());
  });

  test("a broker that is frozen for longer than a lease goes on where it was", async () => {
    startWorker({ milliseconds: 40 });
    startWorker({ milliseconds: 40 });
    const result = submitter().run();
    while (worked.size < 3) await pause(10);
    server.signal("SIGSTOP");
    await pause(1.5 * LEASE);
    server.signal("SIGCONT");
    expect(await result).toEqual(answers());
  });

  test("a wrong password is an error that does not show it", async () => {
    const failure = (await openBroker(server.wrongAddress).catch((error: unknown) => error)) as Error;
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message).toMatch(/refuses the user or the password of --queue/);
    expect(failure.message).not.toContain("guess");
  });
}

test.each([
  ["redis://127.0.0.1:1", /no broker answers \(nothing listens there\)/],
  ["postgres://nobody@127.0.0.1:1/none", /no broker answers \(nothing listens there\)/],
  ["http://127.0.0.1", /redis:\/\/host:port, rediss:\/\/… or postgres/],
  ["broker", /is expected/],
])("no broker: %s", async (address, message) => {
  const failure = await openBroker(address).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InputError);
  expect((failure as Error).message).toMatch(message);
});
