/** The EXIF entries that tell when a photo was taken. */
export const TIME_TAGS = ["DateTimeOriginal", "SubSecTimeOriginal"] as const;

/**
 * When a photo was taken by its camera's clock, in milliseconds, as EXIF entries tell: only differences mean something, for the
 * clock's zone is not known. Undefined where they tell none.
 */
export function timeFromTags(tags: Readonly<Record<string, unknown>>): number | undefined {
  const [date, fraction] = TIME_TAGS.map((tag) => tags[tag]);
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
