import { randomUUID } from "node:crypto";
import type { Job, JobProgress } from "./job.ts";

/** One message of a job's stream: `job` carries all of it, after every change of its state; `progress` one step. */
export type JobEvent = { readonly id: string } & (
  | { readonly event: "job"; readonly data: Job }
  | { readonly event: "progress"; readonly data: JobProgress }
);

/** An event as it is kept: of changes only that there was one, since only the present state is of use. */
interface KeptEvent {
  /** Unique over restarts of the server: what clients give back as Last-Event-ID. */
  readonly id: string;
  readonly progress: JobProgress | undefined;
}

/** Events that are kept for clients that come back. */
const KEPT = 256;

/** Those of an earlier server process are not known to this one. */
const BOOT = randomUUID().slice(0, 8);

/** What happened to one job of late, and whoever waits for more. */
export class JobEvents {
  readonly #events: KeptEvent[] = [];
  #count = 0;
  #isOver = false;
  readonly #waiting = new Set<() => void>();

  /** The job has changed. */
  changed(): void {
    this.#push(undefined);
  }

  /** The job has made a step. */
  stepped(progress: JobProgress): void {
    this.#push(progress);
  }

  #push(progress: JobProgress | undefined): void {
    this.#events.push({ id: `${BOOT}-${this.#count++}`, progress });
    if (this.#events.length > KEPT) this.#events.shift();
    this.#wake();
  }

  /** Nothing will follow: everybody who follows gets the rest and comes to an end. */
  close(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** True for the id of the last event of a job to which nothing more happens. */
  isLast(id: string | undefined): boolean {
    return this.#isOver && id !== undefined && this.#events.at(-1)?.id === id;
  }

  /**
   * The events after `lastId`; where that is unknown or too long ago, the present state first. Gives undefined every `beatMs`
   * in which nothing happened. A reader that is too slow misses steps, never the state.
   */
  async *follow(
    present: () => Job,
    {
      lastId,
      signal,
      beatMs,
    }: { readonly lastId?: string | undefined; readonly signal: AbortSignal; readonly beatMs: number },
  ): AsyncGenerator<JobEvent | undefined> {
    const found = this.#events.findIndex(({ id }) => id === lastId);
    let next = found < 0 ? this.#count : this.#count - this.#events.length + found + 1;
    if (found < 0) yield this.#snapshot(present);
    while (!signal.aborted) {
      const first = this.#count - this.#events.length;
      if (next < first) {
        next = this.#count;
        yield this.#snapshot(present);
      } else if (next < this.#count) yield told(this.#events[next++ - first]!, present);
      else if (this.#isOver) return;
      else if (!(await this.#more(signal, beatMs))) yield undefined;
    }
  }

  /** The state as if it were the latest event. */
  #snapshot(present: () => Job): JobEvent {
    return { id: this.#events.at(-1)?.id ?? `${BOOT}-start`, event: "job", data: present() };
  }

  /** Waits for an event, at most `beatMs`: whether there was one. */
  #more(signal: AbortSignal, beatMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (happened: boolean) => () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
        this.#waiting.delete(wake);
        resolve(happened);
      };
      const [wake, stop] = [done(true), done(true)];
      const timer = setTimeout(done(false), beatMs);
      signal.addEventListener("abort", stop, { once: true });
      this.#waiting.add(wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

function told({ id, progress }: KeptEvent, present: () => Job): JobEvent {
  return progress === undefined ? { id, event: "job", data: present() } : { id, event: "progress", data: progress };
}
