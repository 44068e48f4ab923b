import { expect, test } from "vitest";
import type { JobRecord, JobState } from "./job.ts";
import { expendable } from "./retention.ts";
import { SERVE_DEFAULTS } from "./serve-limits.ts";

const NOW = Date.parse("2026-01-10T00:00:00.000Z");
const limits = { ...SERVE_DEFAULTS, kept_seconds: 5 * 86_400, kept_bytes: 100 };

function job(id: string, state: JobState, day: number, bytes: number): JobRecord {
  const finished = `2026-01-${String(day).padStart(2, "0")}T00:00:00.000Z`;
  return {
    ...{ id, state, bytes, created: finished, started: null, finished, options: {}, photos: [], starts: 1 },
    ...{ status: null, registered: null, warnings: [], files: [], error: null },
  };
}

const ids = (records: readonly JobRecord[], bytes = 0) => expendable(records, { limits, bytes, now: NOW });

test("jobs that are too old go, whatever room there is", () => {
  expect(ids([job("old", "done", 4, 1), job("new", "done", 6, 1), job("failed", "failed", 1, 0)])).toEqual({
    ids: ["failed", "old"],
    isRoom: true,
  });
});

test("the oldest finished ones make room, as many as are needed", () => {
  const records = [
    job("c", "done", 9, 40),
    job("a", "done", 7, 40),
    job("b", "canceled", 8, 0),
    job("d", "running", 9, 20),
  ];
  expect(ids(records)).toEqual({ ids: [], isRoom: true });
  expect(ids(records, 10)).toEqual({ ids: ["a"], isRoom: true });
  expect(ids(records, 60)).toEqual({ ids: ["a", "c"], isRoom: true });
});

test("jobs that are not finished stay, and then there may be no room", () => {
  expect(ids([job("a", "queued", 1, 60), job("b", "uploading", 1, 30)], 20)).toEqual({ ids: [], isRoom: false });
});
