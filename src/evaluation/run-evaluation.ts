import { InputError, isUserError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import { type EvalItem, type EvalRecord, isMeasured } from "./benchmark.ts";
import { appendRecord, type EvalHeader, resumeRecords } from "./records-file.ts";
import { type Shard, shardRange } from "./shard.ts";
import { pictureOf, WORST_CASES, type WorstPictures, worstRecords } from "./worst-cases.ts";

/** How to run an evaluation. */
export interface EvaluationOptions extends RunOptions {
  /** Receives records and pictures, and gives those of an interrupted run back; nothing is kept when left out. */
  readonly folder?: string | undefined;
  /** The part of the items to run; all when left out. */
  readonly shard?: Shard | undefined;
  /** Where pictures of the worst cases go. */
  readonly pictures: WorstPictures;
}

/**
 * Evaluates item after item and gives their records in order. Items that cannot be measured are skipped with their reason;
 * throws an `InputError` when none can.
 */
export async function runEvaluation<M>(
  items: readonly EvalItem<M>[],
  header: EvalHeader,
  { folder, shard, pictures, onProgress, signal }: EvaluationOptions,
): Promise<readonly EvalRecord<M>[]> {
  const [start, end] = shard === undefined ? [0, items.length] : shardRange(items.length, shard);
  const stored = folder === undefined ? [] : await resumeRecords<M>(folder, header);
  const records = new Map(stored.map((record) => [record.index, record]));
  const reused = records.size;
  for (let index = start; index < end; index++) {
    signal?.throwIfAborted();
    if (records.has(index)) continue;
    const { record, show } = await evaluateItem(items[index]!, index);
    records.set(index, record);
    if (worstRecords([...records.values()], WORST_CASES).some(({ index: worst }) => worst === index)) {
      const shown = show();
      if (shown.length > 0) await pictures.put(record.id, await pictureOf(shown));
    }
    if (folder !== undefined) await appendRecord(folder, record);
    onProgress?.({ stage: "evaluate", done: records.size, total: end - start, reused, item: record.id });
  }
  const inOrder = [...records.values()].sort((a, b) => a.index - b.index);
  requireMeasured(inOrder);
  return inOrder;
}

/** Throws an `InputError` when there is nothing to sum up. */
export function requireMeasured(records: readonly EvalRecord<unknown>[]): void {
  if (records.some(isMeasured)) return;
  const reason = records.find((record) => "skipped" in record)?.skipped;
  throw new InputError(reason === undefined ? "there is nothing to evaluate" : `nothing could be evaluated: ${reason}`);
}

/** Evaluates one item; its pictures are drawn when they are asked for. */
export async function evaluateItem<M>(
  item: EvalItem<M>,
  index: number,
): Promise<{ record: EvalRecord<M>; show: () => readonly RgbImage[] }> {
  const { id } = item;
  const start = performance.now();
  try {
    const { metrics, badness, pictures } = await item.evaluate();
    const seconds = (performance.now() - start) / 1000;
    return { record: { id, index, metrics, badness, seconds }, show: pictures };
  } catch (error) {
    if (!isUserError(error)) throw error;
    return { record: { id, index, skipped: error.message }, show: () => [] };
  }
}
