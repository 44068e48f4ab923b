import { base64FromBytes } from "../../export/base64.ts";
import { type Chart, cumulativeChart } from "./cumulative-chart.ts";
import type { Table } from "./markdown-table.ts";

/** What the page shows. */
export interface ReportContent {
  readonly title: string;
  /** What was evaluated, by name: the model, the data, settings. */
  readonly facts: Readonly<Record<string, string>>;
  readonly protocol: readonly string[];
  readonly tables: readonly Table[];
  readonly charts: readonly Chart[];
  readonly worst: readonly WorstCase[];
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
}

/** One of the items that went worst. */
export interface WorstCase {
  readonly id: string;
  /** A JPEG of its pictures side by side. */
  readonly picture: Uint8Array;
  readonly metrics: unknown;
}

/** `report.html`: one page that needs neither server nor network. */
export function encodeReportPage({ title, facts, protocol, tables, charts, worst, skipped }: ReportContent): string {
  const list = (items: readonly string[]) => `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;
  const safe = charts.map(({ label, series, ...chart }) => ({
    ...chart,
    label: escapeHtml(label),
    series: series.map(({ name, errors }) => ({ name: escapeHtml(name), errors })),
  }));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(title)}</h1>
${list(Object.entries(facts).map(([name, value]) => `${escapeHtml(name)}: ${escapeHtml(value)}`))}
${tables.map(tableSection).join("\n")}
<section>${safe.map((chart) => `<figure><figcaption>${escapeHtml(chart.title)}</figcaption>${cumulativeChart(chart)}</figure>`).join("")}</section>
<h2>How it was measured</h2>
${list(protocol.map(escapeHtml))}
${worst.length === 0 ? "" : `<h2>What went worst</h2>${worst.map(worstSection).join("\n")}`}
${skipped.length === 0 ? "" : `<h2>Skipped: ${skipped.length}</h2>${list(skipped.map(({ id, reason }) => `${escapeHtml(id)}: ${escapeHtml(reason)}`))}`}
</html>
`;
}

function tableSection({ title, header, rows }: Table): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  return `<h2>${escapeHtml(title)}</h2><table><thead>${row(header, "th")}</thead><tbody>${rows.map((cells) => row(cells, "td")).join("")}</tbody></table>`;
}

function worstSection({ id, picture, metrics }: WorstCase): string {
  const image = `<img alt="" src="data:image/jpeg;base64,${base64FromBytes(picture)}">`;
  return `<figure class="worst"><figcaption>${escapeHtml(id)}</figcaption>${image}<details><summary>figures</summary><pre>${escapeHtml(JSON.stringify(metrics, null, 1))}</pre></details></figure>`;
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[&<>"]/g, (char) => names[char]!);
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 88rem; padding: 0 1rem }
h2 { margin-top: 2rem; font-size: 1.2rem }
table { border-collapse: collapse; display: block; overflow-x: auto }
td, th { padding: 0.2rem 0.6rem; text-align: right; border-bottom: 1px solid #8884; white-space: nowrap }
td:first-child, th:first-child { text-align: left }
section { display: flex; flex-wrap: wrap; gap: 1.5rem; margin-top: 2rem }
figure { margin: 0; width: 420px }
figure.worst { width: auto; margin: 1rem 0 }
.worst img { max-width: 100% }
svg line { stroke: currentColor; opacity: 0.15 }
svg text { fill: currentColor; font-size: 11px }
svg polyline { fill: none; stroke-width: 1.5 }
pre { overflow: auto; font-size: 12px }
`;
