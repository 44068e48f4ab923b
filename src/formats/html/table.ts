import { escapeHtml } from "./text.ts";

/** A table of texts; the first column names the row. */
export function htmlTable({
  header,
  rows,
}: {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}): string {
  const line = (cells: readonly string[], tag: "th" | "td") =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  const body = rows.map((cells) => line(cells, "td")).join("");
  return `<table><thead>${line(header, "th")}</thead><tbody>${body}</tbody></table>`;
}
