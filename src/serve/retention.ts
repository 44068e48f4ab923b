import { isFinished, type JobRecord } from "./job.ts";
import type { ServeLimits } from "./serve-limits.ts";

/** Which jobs go, and whether that makes room. */
export interface Expendable {
  readonly ids: readonly string[];
  readonly isRoom: boolean;
}

/**
 * The finished jobs that are older than jobs are kept, and the oldest of the others until all that is left and `bytes` more take no
 * more than they may. `now` is in milliseconds.
 */
export function expendable(
  records: readonly JobRecord[],
  { limits, bytes, now }: { readonly limits: ServeLimits; readonly bytes: number; readonly now: number },
): Expendable {
  const finished = records
    .filter(({ state }) => isFinished(state))
    .sort((a, b) => String(a.finished).localeCompare(String(b.finished)));
  let excess = bytes + records.reduce((sum, record) => sum + record.bytes, 0) - limits.kept_bytes;
  const ids: string[] = [];
  for (const record of finished) {
    const isOld = now - Date.parse(String(record.finished)) > 1000 * limits.kept_seconds;
    // One without files makes no room.
    if (!isOld && (excess <= 0 || record.bytes === 0)) continue;
    ids.push(record.id);
    excess -= record.bytes;
  }
  return { ids, isRoom: excess <= 0 };
}
