import type { ReportImage } from "../export/report-data.ts";

/** The photo, as sharp as the page has it, as an address that an `img` element takes. */
export function photoAddress({ picture, photo }: ReportImage): string {
  return `data:image/jpeg;base64,${picture ?? photo}`;
}
