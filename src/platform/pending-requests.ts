import { type ErrorMessage, errorMessage, errorOf } from "../core/error-message.ts";

/** A request on its way to a worker. */
export interface Request {
  readonly id: number;
  readonly message: unknown;
}

/** What a worker answers to request `id`. */
export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: ErrorMessage;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** The requests to a worker that wait for their answers, whatever carries them there. */
export class PendingRequests {
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #ended: { readonly reason: unknown } | undefined;

  /** Whether no request waits. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Sends a message as a request; rejects with what the worker threw, or with the reason of its end. */
  ask(message: unknown, send: (request: Request) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended.reason);
        return;
      }
      const id = this.#count++;
      this.#waiting.set(id, { resolve, reject });
      send({ id, message });
    });
  }

  /** Hands an answer to whoever waits for it. */
  settle({ id, result, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(errorOf(error));
  }

  /** The worker has ended: all requests reject, and every later one. Of several reasons the first counts. */
  end(reason: unknown): void {
    this.#ended ??= { reason };
    for (const { reject } of this.#waiting.values()) reject(this.#ended.reason);
    this.#waiting.clear();
  }
}

/** In the worker: what takes requests, and answers them one after another in the order they came. */
export function answerInTurn(
  handle: (message: unknown) => Promise<unknown>,
  send: (answer: Answer) => void,
): (request: Request) => void {
  let last: Promise<void> = Promise.resolve();
  return ({ id, message }) => {
    last = last.then(async () => {
      try {
        send({ id, result: await handle(message) });
      } catch (error) {
        send({ id, error: errorMessage(error) });
      }
    });
  };
}
