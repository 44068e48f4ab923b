import { type CumulativeChart, cumulativeChart } from "../../formats/html/cumulative-chart.ts";
import { figure, figureRow, picture } from "../../formats/html/figure.ts";
import { htmlPage } from "../../formats/html/page.ts";
import { htmlTable } from "../../formats/html/table.ts";
import { bulletList, heading, jsonBlock } from "../../formats/html/text.ts";
import type { Table } from "./markdown-table.ts";

/** What the page shows. */
export interface ReportContent {
  readonly title: string;
  /** What was evaluated, by name: the model, the data, settings. */
  readonly facts: Readonly<Record<string, string>>;
  readonly protocol: readonly string[];
  readonly tables: readonly Table[];
  readonly charts: readonly CumulativeChart[];
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
  return htmlPage(title, [
    bulletList(Object.entries(facts).map(([name, value]) => `${name}: ${value}`)),
    ...tables.flatMap((table) => [heading(table.title), htmlTable(table)]),
    figureRow(charts.map((chart) => figure(chart.title, cumulativeChart(chart)))),
    heading("How it was measured"),
    bulletList(protocol),
    ...(worst.length === 0 ? [] : [heading("What went worst"), ...worst.map(worstFigure)]),
    ...(skipped.length === 0
      ? []
      : [heading(`Skipped: ${skipped.length}`), bulletList(skipped.map(({ id, reason }) => `${id}: ${reason}`))]),
  ]);
}

function worstFigure({ id, picture: jpeg, metrics }: WorstCase): string {
  const figures = `<details><summary>figures</summary>${jsonBlock(metrics)}</details>`;
  return figure(id, picture(jpeg, "image/jpeg"), figures);
}
