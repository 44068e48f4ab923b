import { type Benchmark, type EvalRecord, isMeasured } from "./benchmark.ts";
import type { EvalHeader } from "./records-file.ts";
import { markdownTable } from "./report/markdown-table.ts";
import { encodeReportPage } from "./report/report-page.ts";
import { WORST_CASES, type WorstPictures, worstRecords } from "./worst-cases.ts";

/** A finished evaluation in its three forms. */
export interface EvaluationReport {
  /** Markdown tables. */
  readonly text: string;
  /** For `--json` and `report.json`. */
  readonly json: unknown;
  /** What is written to the output folder, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Sums records up, in the order of their items. */
export async function evaluationReport<M>(
  benchmark: Benchmark<M>,
  header: EvalHeader,
  records: readonly EvalRecord<M>[],
  pictures: WorstPictures,
): Promise<EvaluationReport> {
  const measured = records.filter(isMeasured);
  const skipped = records.flatMap((record) => ("skipped" in record ? [{ id: record.id, reason: record.skipped }] : []));
  const { tables, charts, figures } = benchmark.summarize(measured);
  const { benchmark: name, model, hash, dtype, settings, items } = header;
  const notes = [
    ...(skipped.length > 0 ? [`${skipped.length} items skipped: ${skipped[0]!.id}: ${skipped[0]!.reason}`] : []),
    ...(records.length < items ? [`${records.length} of ${items} items: the other shards are still to come`] : []),
  ];
  const shown = await Promise.all(
    worstRecords(measured, WORST_CASES).map(async ({ id, metrics }) => {
      const picture = await pictures.get(id);
      return picture === undefined ? [] : [{ id, picture, metrics }];
    }),
  );
  const counts = { items, measured: measured.length, skipped };
  const json = { benchmark: name, model, hash, dtype, settings, ...counts, figures };
  const page = encodeReportPage({
    title: benchmark.title,
    facts: { model: `${model}, ${dtype}`, settings: JSON.stringify(settings), items: `${measured.length} of ${items}` },
    protocol: benchmark.protocol,
    tables,
    charts,
    worst: shown.flat(),
    skipped,
  });
  return {
    text: [...tables.map((table) => `${table.title}\n\n${markdownTable(table)}`), ...notes].join("\n\n"),
    json,
    files: {
      "report.html": page,
      "report.json": `${JSON.stringify(json, null, 1)}\n`,
      ...benchmark.resultFiles?.(measured),
    },
  };
}
