/** A table as text cells; the first column names the row. */
export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A Markdown table that also reads well on a terminal: columns are aligned, numbers to the right. */
export function markdownTable({ header, rows }: Table): string {
  const widths = header.map((_, column) => Math.max(3, ...[header, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
    return `| ${cells.join(" | ")} |`;
  };
  const rule = widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(header), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** A share in percent with one decimal; "-" where there is none. */
export function percent(share: number | null | undefined): string {
  return fixed(share === null || share === undefined ? share : 100 * share, 1);
}

/** A number with a fixed number of decimals; "-" where there is none. */
export function fixed(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined || Number.isNaN(value) ? "-" : value.toFixed(digits);
}
