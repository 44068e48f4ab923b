const TAGS = ["DateTimeOriginal", "SubSecTimeOriginal"] as const;

/**
 * When a photo was taken by its camera's clock, in milliseconds, from its EXIF block (a TIFF structure): only differences mean
 * something, for the clock's zone is not known. Undefined where it tells none.
 */
export async function exifTime(exif: Uint8Array): Promise<number | undefined> {
  const { default: exifr } = await import("exifr");
  const tags: unknown = await exifr.parse(exif, { pick: [...TAGS], reviveValues: false }).catch(() => undefined);
  if (typeof tags !== "object" || tags === null) return undefined;
  const [date, fraction] = TAGS.map((tag) => (tags as Readonly<Record<string, unknown>>)[tag]);
  return typeof date === "string" ? timeOf(date, typeof fraction === "string" ? fraction : "") : undefined;
}

function timeOf(date: string, fraction: string): number | undefined {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(date)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [year, month, day, hour, minute, second] = parts as [number, number, number, number, number, number];
  // Cameras that lost their clock write zeros.
  if (year === 0 || month === 0 || day === 0) return undefined;
  const milliseconds = /^\d+/.test(fraction) ? Math.round(1000 * Number(`0.${/^\d+/.exec(fraction)![0]}`)) : 0;
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
}
