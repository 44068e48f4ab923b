import { InputError } from "../core/errors.ts";
import { type Benchmark, isMeasured } from "./benchmark.ts";
import { readRecords } from "./records-file.ts";
import type { Table } from "./report/markdown-table.ts";

/**
 * The finished evaluations of several weights as one table: the first row of each one's first table, called by its model, and
 * below them the rows that stand for comparison. Throws an `InputError` for folders of different benchmarks.
 */
export async function compareEvaluations(
  folders: readonly string[],
  benchmarks: readonly Benchmark<unknown>[],
): Promise<Table> {
  const tables: Table[] = [];
  let name: string | undefined;
  for (const folder of folders) {
    const stored = await readRecords<unknown>(folder);
    if (stored === undefined)
      throw new InputError(`${folder}: there is no records.jsonl; the output of an evaluation is expected`);
    const { header, records } = stored;
    name ??= header.benchmark;
    if (header.benchmark !== name)
      throw new InputError(`${folder}: is of ${header.benchmark}, ${folders[0]} is of ${name}`);
    if (records.length < header.items) {
      throw new InputError(
        `${folder}: has ${records.length} of ${header.items} items; finish it first, or merge its shards`,
      );
    }
    const benchmark = benchmarks.find((candidate) => candidate.name === name);
    const table = benchmark?.summarize(records.filter(isMeasured)).tables[0];
    if (table === undefined) throw new InputError(`${folder}: there is no table of ${name}`);
    const [first = [], ...others] = table.rows;
    const size = header.settings.size;
    const label = size === undefined ? header.model : `${header.model}, ${size} px`;
    tables.push({ ...table, rows: [[label, ...first.slice(1)], ...others] });
  }
  const [first] = tables;
  const rows = tables.map((table) => table.rows[0]!);
  return {
    title: first!.title,
    header: ["weights", ...first!.header.slice(1)],
    rows: [...rows, ...comparison(first!)],
  };
}

/** Rows that are not of our weights: a constant answer, published figures. */
function comparison({ rows }: Table): Table["rows"] {
  return rows.slice(1).filter(([name = ""]) => name === "a constant" || name.endsWith("]"));
}
