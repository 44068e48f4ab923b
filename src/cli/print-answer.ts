import type { OutputFlags } from "./shared-options.ts";
import { printOut } from "./standard-output.ts";
import { type TerminalRun, withTerminal } from "./terminal.ts";

/** What a command says in the end. */
export interface Answer {
  /** For `--json`, where every warning of the run joins it as `warnings`. */
  readonly json: object;
  /** For people. */
  readonly text: string;
  /** Reasons to doubt the answer, one sentence each. */
  readonly warnings: readonly string[];
}

/** Finds an answer and prints it: progress and warnings on stderr, the rest on stdout. */
export async function printAnswer(
  flags: OutputFlags,
  signal: AbortSignal,
  find: (run: TerminalRun) => Promise<Answer>,
): Promise<void> {
  await withTerminal(flags, signal, async (run) => {
    const { json, text, warnings } = await find(run);
    run.stopProgress();
    for (const warning of warnings) run.logger.warn(warning);
    await printOut(flags.json ? JSON.stringify({ ...json, warnings: run.logger.warnings }) : text);
  });
}
