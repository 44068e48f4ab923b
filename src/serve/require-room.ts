import { isFinished, type JobRecord } from "./job.ts";
import { Refusal } from "./refusal.ts";
import { expendable } from "./retention.ts";
import type { ServeLimits } from "./serve-limits.ts";

/** A `Refusal` where another job, whose upload has so many bytes, does not fit beside those that are there. */
export function requireRoom(records: readonly JobRecord[], limits: ServeLimits, bytes: number): void {
  const open = records.filter(({ state }) => !isFinished(state)).length;
  if (open >= limits.open)
    throw new Refusal(503, `${open} jobs are open, at most ${limits.open} are taken: try again later`);
  if (!expendable(records, { limits, bytes, now: Date.now() }).isRoom)
    throw new Refusal(507, "the jobs that are open take all the room there is: try again later");
}
