import type { JobRecord } from "./job.ts";

/** The record of a job whose upload of so many bytes begins now. */
export function newRecord(id: string, bytes: number): JobRecord {
  return {
    id,
    state: "uploading",
    created: now(),
    started: null,
    finished: null,
    options: {},
    photos: [],
    starts: 0,
    status: null,
    registered: null,
    warnings: [],
    files: [],
    bytes,
    error: null,
  };
}

/** The time in ISO 8601. */
export function now(): string {
  return new Date().toISOString();
}
