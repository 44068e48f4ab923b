import { printable } from "./printable.ts";

/**
 * Makes a failure to print an answer (a full disk, `/dev/full`) an error with exit code 2, whoever printed. A reader that
 * has gone away, such as `head`, is no error of ours.
 */
export function watchStandardOutput(): void {
  // A failure to print progress is no reason to stop.
  process.stderr.on("error", () => {});
  let failed = false;
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE" || failed) return;
    failed = true;
    const reason = code === "ENOSPC" ? "the disk is full" : message;
    process.stderr.write(`error: the answer cannot be written to standard output: ${reason}\n`);
    process.exitCode = 2;
  });
}

/** Prints text on stdout and waits until it is out, however long it is. */
export async function printOut(text: string): Promise<void> {
  await new Promise<void>((resolve) => process.stdout.write(`${printable(text)}\n`, () => resolve()));
}
