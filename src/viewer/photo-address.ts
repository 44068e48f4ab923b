import type { ReportImage } from "../export/report-data.ts";

/** The photo as an address that an `img` element takes. */
export function photoAddress(image: ReportImage): string {
  return `data:image/jpeg;base64,${image.photo}`;
}
