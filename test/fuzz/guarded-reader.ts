import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Reading, ReadingCost } from "./reader-process.ts";

/** However small the file: a reader that has begun may use this much. */
const MOST_CPU_MS = 2000;
const MOST_BYTES = 2 ** 28;
/** When a reading is ended from outside. */
const MOST_WAIT_MS = 20_000;

/**
 * Feeds readers in a process of its own, which may hang, run out of memory or crash without harm to this one. The files
 * are small: whatever takes more time or memory than the limits is a mistake as a wrong exception is.
 */
export class GuardedReader {
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * What went wrong when a target read these bytes; undefined for a value or an error for users within the limits. One
   * after the other, though a search that ran out of time does not wait for its last answer.
   */
  problem(reading: Reading): Promise<string | undefined> {
    const result = this.#last.then(() => this.#read(reading));
    this.#last = result;
    return result;
  }

  async #read(reading: Reading): Promise<string | undefined> {
    this.#child ??= await start();
    const child = this.#child;
    child.send(reading);
    const cost = await answer<ReadingCost>(child);
    if (typeof cost === "string") {
      this.stop();
      return cost;
    }
    const { cpu, memory, bug } = cost;
    // Peaks are only seen once: a new process sees them again.
    if (memory > MOST_BYTES) this.stop();
    if (bug !== undefined) return bug;
    if (cpu > MOST_CPU_MS) return `it took ${Math.round(cpu)} ms`;
    return memory > MOST_BYTES ? `it took ${Math.round(memory / 2 ** 20)} MB` : undefined;
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}

async function start(): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL("./reader-process.ts", import.meta.url)), {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: ["--conditions=source", "--import", "tsx", "--max-old-space-size=512"],
  });
  const ready = await answer<"ready">(child);
  if (ready !== "ready") throw new Error(`the reading process did not start: ${ready}`);
  return child;
}

/** The next message, or how the process ended instead. */
function answer<Message>(child: ChildProcess): Promise<Message | string> {
  return new Promise((resolve) => {
    const settle = (result: Message | string) => {
      clearTimeout(timer);
      child.off("message", settle as (message: unknown) => void);
      child.off("exit", exited);
      resolve(result);
    };
    const exited = (code: number | null, signal: string | null) => settle(`the process ended with ${code ?? signal}`);
    const timer = setTimeout(() => settle(`no answer within ${MOST_WAIT_MS / 1000} s`), MOST_WAIT_MS);
    child.on("message", settle as (message: unknown) => void);
    child.on("exit", exited);
  });
}
