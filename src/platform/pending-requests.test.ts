import { expect, test } from "vitest";
import { InputError } from "../core/errors.ts";
import { type Answer, answerInTurn, PendingRequests, type Request } from "./pending-requests.ts";

/** Requests that a handler answers at once, as a worker would. */
function answeredBy(handle: (message: unknown) => Promise<unknown>) {
  const pending = new PendingRequests();
  const answers: Answer[] = [];
  const take = answerInTurn(handle, (answer) => {
    answers.push(answer);
    pending.settle(answer);
  });
  return { pending, answers, ask: (message: unknown) => pending.ask(message, (request: Request) => take(request)) };
}

test("requests are answered one after another, in the order they came", async () => {
  let working = 0;
  const { ask, answers, pending } = answeredBy(async (message) => {
    expect(++working).toBe(1);
    await new Promise((done) => setTimeout(done, message as number));
    working--;
    return message;
  });
  expect(await Promise.all([ask(5), ask(1), ask(0)])).toEqual([5, 1, 0]);
  expect(answers.map(({ id }) => id)).toEqual([0, 1, 2]);
  expect(pending.isEmpty).toBe(true);
});

test("what a handler throws is thrown to the one who asked, and the next is answered", async () => {
  const { ask } = answeredBy(async (message) => {
    if (message === "bad") throw new InputError("no photo");
    return message;
  });
  const [bad, good] = await Promise.allSettled([ask("bad"), ask("good")]);
  expect(bad).toMatchObject({ status: "rejected", reason: expect.any(InputError) });
  expect(good).toEqual({ status: "fulfilled", value: "good" });
});

test("after the end all requests reject with its first reason, those that wait and later ones", async () => {
  const pending = new PendingRequests();
  const waiting = pending.ask("work", () => {});
  pending.end(new Error("killed"));
  pending.end(new Error("exit 9"));
  await expect(waiting).rejects.toThrow("killed");
  await expect(pending.ask("more", () => expect.unreachable())).rejects.toThrow("killed");
  // An answer that comes too late is nobody's.
  pending.settle({ id: 0, result: 1 });
});
