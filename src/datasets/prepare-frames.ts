import { openOutputFile, pathContent } from "#platform";
import { InputError, isUserError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";

/** What a preparation made of a release. */
export interface PreparationReport {
  readonly scenes: number;
  readonly frames: number;
  /** Of these, how many an earlier run had finished. */
  readonly reused: number;
  readonly pairs: number;
  /** Frames that cannot be used, with the reason. */
  readonly skipped: readonly SkippedFrame[];
}

export interface SkippedFrame {
  readonly frame: string;
  readonly problem: string;
}

/** A frame to be prepared. */
export interface FrameJob {
  readonly name: string;
  /** The file that is written last: where it is there, the frame is finished. */
  readonly finished: string;
  /** Reads the frame of the release and writes the prepared one. */
  run(): Promise<void>;
}

/** What became of a run of jobs. */
export interface FinishedJobs<J> {
  readonly ready: readonly J[];
  readonly reused: number;
  readonly skipped: readonly SkippedFrame[];
}

/**
 * Prepares frames one after another, and goes on where an earlier run stopped. Frames that cannot be used are left out
 * with the reason.
 */
export async function prepareFrames<J extends FrameJob>(
  jobs: readonly J[],
  { onProgress, signal }: RunOptions,
): Promise<FinishedJobs<J>> {
  const ready: J[] = [];
  const skipped: SkippedFrame[] = [];
  let reused = 0;
  for (const [done, job] of jobs.entries()) {
    signal?.throwIfAborted();
    try {
      if ((await pathContent(job.finished)).kind === "file") reused++;
      else await job.run();
      ready.push(job);
    } catch (error) {
      if (!isUserError(error)) throw error;
      skipped.push({ frame: job.name, problem: error.message });
    }
    onProgress?.({ stage: "prepare", done: done + 1, total: jobs.length, reused, item: job.name });
  }
  return { ready, reused, skipped };
}

/** An `InputError` where nothing at all could be used: the first reason is most likely everyone's. */
export function refuseNothing(frames: number, skipped: readonly SkippedFrame[]): void {
  if (frames > 0) return;
  const first = skipped.length === 0 ? "there are none" : `of ${skipped.length}, the first: ${skipped[0]!.problem}`;
  throw new InputError(`no frame can be used; ${first}`);
}

/** Writes a file, its folder included; it appears when it is complete. */
export async function writeFile(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await openOutputFile(path);
  await file.write(bytes);
  await file.commit();
}
