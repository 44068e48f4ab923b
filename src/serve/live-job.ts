import type { JobProgress, JobRecord } from "./job.ts";
import { JobEvents } from "./job-events.ts";

/** A job in memory. */
export interface LiveJob {
  record: JobRecord;
  progress: JobProgress | null;
  readonly events: JobEvents;
  /** Stops what is going on with it. */
  readonly stop: AbortController;
  /** Under way when it is set. */
  removal?: Promise<void>;
  /** Its work or its upload, to be waited for. */
  busy: Promise<void>;
  /** The latest writing of its record. */
  saved: Promise<void>;
}

/** What has happened since the start. */
export interface JobCounts {
  done: number;
  failed: number;
  canceled: number;
  refused: number;
  seconds: number;
  uploaded_bytes: number;
}

/** Before anything has happened. */
export const NO_COUNTS: Readonly<JobCounts> = {
  done: 0,
  failed: 0,
  canceled: 0,
  refused: 0,
  seconds: 0,
  uploaded_bytes: 0,
};

/** A job to which nothing happens yet. */
export function liveJob(record: JobRecord): LiveJob {
  const done = Promise.resolve();
  return { record, progress: null, events: new JobEvents(), stop: new AbortController(), busy: done, saved: done };
}
