import type { Table } from "./report/markdown-table.ts";

/** Rows of a paper's table beside ours. */
export interface Published {
  /** Where they are from. */
  readonly source: string;
  /** Method and figures, the latter parallel to a table's columns after the number of items. */
  readonly rows: readonly (readonly [method: string, ...figures: string[]])[];
}

/** The table of our figures with the published rows below, which say nothing of the number of items. */
export function besidePublished(table: Table, published: Published | undefined): Table {
  if (published === undefined) return table;
  const rows = published.rows.map(([method, ...figures]) => [`${method} [${published.source}]`, "", ...figures]);
  const filled = rows.map((row) => table.header.map((_, column) => row[column] ?? ""));
  return { ...table, rows: [...table.rows, ...filled] };
}
