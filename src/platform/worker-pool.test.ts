import { expect, test, vi } from "vitest";
import { WorkerPool } from "./worker-pool.ts";

function poolOf(signal?: AbortSignal) {
  const kills: unknown[] = [];
  const start = vi.fn(() => ({
    request: async (message: unknown) => message,
    kill: (reason: unknown) => kills.push(reason),
  }));
  return { pool: new WorkerPool(start, signal), start, kills };
}

test("processes are started as they are needed, and come back", async () => {
  const { pool, start, kills } = poolOf();
  const [first, second] = [pool.lend(), pool.lend()];
  expect(start).toHaveBeenCalledTimes(2);
  expect(await first.request("a")).toBe("a");
  first.kill("done");
  second.kill("done");
  pool.lend().kill("done");
  expect(start).toHaveBeenCalledTimes(2);
  expect(kills).toHaveLength(0);
  pool[Symbol.dispose]();
  expect(kills).toHaveLength(2);
});

test("processes of a cancelled run end at once", () => {
  const controller = new AbortController();
  const { pool, kills } = poolOf(controller.signal);
  const worker = pool.lend();
  controller.abort(new Error("cancelled"));
  worker.kill("cancelled");
  expect(kills).toEqual(["cancelled"]);
});
