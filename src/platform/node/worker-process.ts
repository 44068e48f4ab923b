import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CapabilityError } from "../../core/errors.ts";
import { type Answer, answerInTurn, PendingRequests, type Request } from "../pending-requests.ts";
import type { WorkerProcess } from "../worker-process.ts";
import { missingResourceIn, resourceError } from "./missing-resource.ts";

/** glibc would keep large freed blocks; given back at once, a pair of official size peaks 150 MB lower. */
const GIVE_BACK = { MALLOC_MMAP_THRESHOLD_: "1048576" };
/** Where every run needs the same memory again, fetching it anew costs a tenth of the time. */
const KEEP = { MALLOC_MMAP_THRESHOLD_: "33554432", MALLOC_TRIM_THRESHOLD_: "1073741824" };

/** How a worker is started. */
export interface WorkerOptions {
  /** Keep freed memory for the next request instead of giving it back to the system. */
  readonly keepMemory?: boolean;
  /** Makes it the leader of a process group, so that killing it ends whatever it has started, too. */
  readonly ownGroup?: boolean;
  /** Called with what the worker tells while it works on a request. */
  readonly onNotice?: (notice: unknown) => void;
}

/** What a worker tells before its answer. */
interface Notice {
  readonly notice: unknown;
}

/** Characters of the worker's output that are kept to explain its death. */
const STDERR_TAIL = 2000;

/**
 * Starts a module as a child process. A process and not a thread: native code that crashes, is killed for its memory
 * or must be interrupted takes nothing else with it.
 * @param beside URL of the module that asks; `name` is the worker's module in its folder, without extension
 * @param purpose completes the sentence "the process that …" in an error message
 */
export function startWorkerProcess(
  beside: string,
  name: string,
  purpose: string,
  { keepMemory = false, ownGroup = false, onNotice }: WorkerOptions = {},
): WorkerProcess {
  const fromSource = beside.endsWith(".ts");
  const module = new URL(`./${name}.${fromSource ? "ts" : "js"}`, beside);
  const child = fork(fileURLToPath(module), {
    serialization: "advanced",
    detached: ownGroup,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...(keepMemory ? KEEP : GIVE_BACK), ...process.env },
    execArgv: fromSource ? ["--conditions=source", "--import", "tsx"] : [],
  });
  const pending = new PendingRequests();
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL);
  });
  child.on("error", (error) => pending.end(resourceError(`the process that ${purpose} cannot start`, error) ?? error));
  child.on("exit", (code, signal) => {
    const remedies = signal === "SIGKILL" ? ["size"] : [];
    pending.end(new CapabilityError(describeDeath(purpose, signal ?? code, stderr), { remedies }));
  });
  child.on("message", (message: Answer | Notice) => {
    if ("notice" in message) {
      onNotice?.(message.notice);
      return;
    }
    pending.settle(message);
    if (pending.isEmpty) release();
  });
  // An idle worker must not keep the program alive.
  const release = () => {
    child.unref();
    child.channel?.unref();
  };
  release();
  // There is none where the system has no room for another process.
  (child.stderr as unknown as { unref(): void } | undefined)?.unref();

  return {
    request: (message) =>
      pending.ask(message, (request) => {
        child.ref();
        child.channel?.ref();
        // A message that cannot be sent means that the process is ending; why, its exit will tell.
        child.send?.(request, () => {});
      }),
    kill(reason) {
      pending.end(reason);
      if (ownGroup) killGroup(child);
      else child.kill("SIGKILL");
    },
  };
}

/** Ends a process and all of its group. */
function killGroup(child: ChildProcess): void {
  try {
    // Windows has no process groups; there the others notice that their channel is gone.
    if (process.platform !== "win32" && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // All of them have ended already.
  }
  child.kill("SIGKILL");
}

/** In the child: answers every request with what `handle` gives, in the order they came; `tell` sends notices before that. */
export function serveRequests(handle: (message: unknown, tell: (notice: unknown) => void) => Promise<unknown>): void {
  const tell = (notice: unknown): void => void process.send?.({ notice });
  const answer = answerInTurn(
    (message) => handle(message, tell),
    (one) => process.send?.(one),
  );
  process.on("message", (request: Request) => answer(request));
  process.on("disconnect", () => process.exit());
  // Ctrl-C reaches the whole process group; the parent decides what it means.
  process.on("SIGINT", () => {});
}

/** True for the error of a request whose process ended before it answered. */
export function isProcessDeath(error: unknown): boolean {
  return error instanceof CapabilityError && /^the process that .* ended unexpectedly/.test(error.message);
}

function describeDeath(purpose: string, cause: string | number | null, stderr: string): string {
  const missing = missingResourceIn(stderr);
  if (missing !== undefined)
    return `the process that ${purpose} ended: ${missing}. What was finished is kept: run again.`;
  const memory =
    cause === "SIGKILL" ? " Most often memory has run out: close other programs or use a smaller size." : "";
  const output = stderr.trim() === "" ? "" : `\n${stderr.trim()}`;
  return `the process that ${purpose} ended unexpectedly (${cause}).${memory} What was finished is kept: run again.${output}`;
}
