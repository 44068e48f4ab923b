import { batchesOf, type RunTasks } from "../cluster/fill-store.ts";
import { type EvaluationInput, evaluateItems, listEvaluation } from "../cluster/kinds/evaluate-items.ts";
import { needed } from "../cluster/stored-priors.ts";
import type { BlobStore } from "../core/blob-store.ts";
import type { EvalRecord } from "../evaluation/benchmark.ts";
import { appendRecord, type EvalHeader, resumeRecords } from "../evaluation/records-file.ts";
import { requireMeasured } from "../evaluation/run-evaluation.ts";
import { WORST_CASES, type WorstPictures, worstRecords } from "../evaluation/worst-cases.ts";

/** Where an evaluation's tasks are done, and where what comes of them goes. */
export interface SubmitEvaluationOptions {
  readonly tasks: RunTasks;
  readonly store: BlobStore;
  /** Receives records, and gives those of an interrupted run back; nothing is kept when left out. */
  readonly folder: string | undefined;
  readonly pictures: WorstPictures;
}

/** Items of one task: few, for some take minutes. */
const MOST_ITEMS = 4;

/** As `runEvaluation`, by tasks: the workers' own clocks tell how long each item took. */
export async function submitEvaluation(
  input: EvaluationInput,
  { tasks, store, folder, pictures }: SubmitEvaluationOptions,
): Promise<{ readonly header: EvalHeader; readonly records: readonly EvalRecord<unknown>[] }> {
  const [listed] = await tasks(listEvaluation, [input]);
  const { header, ids } = listed!;
  const stored = folder === undefined ? [] : await resumeRecords<unknown>(folder, header);
  const known = new Set(stored.map(({ index }) => index));
  const missing = ids.flatMap((_, index) => (known.has(index) ? [] : [index]));
  const found = await tasks(
    evaluateItems,
    batchesOf(missing, MOST_ITEMS).map((indices) => {
      return { ...input, indices, ids: indices.map((index) => ids[index]!), pictures: folder !== undefined };
    }),
  );
  const records = found.flatMap((answer) => answer.records);
  if (folder !== undefined) for (const record of records) await appendRecord(folder, record);
  const all = [...stored, ...records].sort((a, b) => a.index - b.index);
  requireMeasured(all);
  const keys = new Map(found.flatMap((answer) => answer.pictures.map(({ id, key }) => [id, key])));
  for (const { id } of worstRecords(all, WORST_CASES)) {
    const key = keys.get(id);
    if (key !== undefined) await pictures.put(id, await needed(store, key));
  }
  return { header, records: all };
}
