const TAGS = ["Make", "Model", "LensModel"] as const;

/** Camera and lens as an EXIF block (a TIFF structure) names them, in one string; undefined where it names none. */
export async function exifCamera(exif: Uint8Array): Promise<string | undefined> {
  const { default: exifr } = await import("exifr");
  const tags: unknown = await exifr.parse(exif, { pick: [...TAGS] }).catch(() => undefined);
  if (typeof tags !== "object" || tags === null) return undefined;
  const named = TAGS.map((tag) => (tags as Readonly<Record<string, unknown>>)[tag]);
  const names = named.filter((name) => typeof name === "string").map((name) => name.trim());
  return names.length > 0 ? names.join(" ") : undefined;
}
