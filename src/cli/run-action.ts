import { missingResource } from "#platform";
import { isUserError } from "../core/errors.ts";
import { printLine } from "./printable.ts";

/** Exit codes of every command. */
const EXIT = { bug: 1, userError: 2, interrupted: 130 } as const;

/** The reason of a run that Ctrl-C stopped. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * Runs a command's work with a signal that Ctrl-C aborts, and turns whatever it throws into an exit code and one clear
 * message; only a bug shows a stack.
 * @param hint what to do after an interruption
 */
export async function runAction(work: (signal: AbortSignal) => Promise<void>, hint = ""): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => {
    // The second time means now.
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(new Interrupted("interrupted"));
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    await work(controller.signal);
  } catch (error) {
    process.exitCode = report(error, controller.signal, hint);
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

function report(error: unknown, signal: AbortSignal, hint: string): number {
  if (signal.aborted) {
    printLine(`${process.stderr.isTTY ? "\n" : ""}interrupted${hint === "" ? "" : `; ${hint}`}`);
    return EXIT.interrupted;
  }
  if (isUserError(error)) {
    const flags = error.remedies.map(
      (option) => `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    );
    printLine(`error: ${error.message}${flags.length > 0 ? ` (${flags.join(", ")})` : ""}`);
    return EXIT.userError;
  }
  const missing = missingResource(error);
  if (missing !== undefined) {
    printLine(`error: ${missing}`);
    return EXIT.userError;
  }
  printLine(`This is a bug in dust3r, please report it:\n${(error as Error)?.stack ?? error}`);
  return EXIT.bug;
}
