import { FormatError } from "../../../src/core/errors.ts";
import type { ReportData } from "../../../src/export/report-data.ts";

/** What a report page (`index.html` of a scene's folder) shows. A `FormatError` for any other page. */
export function reportDataOfPage(html: string): ReportData {
  const [, json] = /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(html) ?? [];
  if (json === undefined) throw new FormatError("index.html", "no report page of dust3r: it holds no scene");
  return JSON.parse(json) as ReportData;
}
