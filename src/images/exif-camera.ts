/** The EXIF entries that name camera and lens. */
export const CAMERA_TAGS = ["Make", "Model", "LensModel"] as const;

/** Camera and lens as EXIF entries name them, in one string; undefined where they name none. */
export function cameraFromTags(tags: Readonly<Record<string, unknown>>): string | undefined {
  const named = CAMERA_TAGS.map((tag) => tags[tag]);
  const names = named.filter((name) => typeof name === "string").map((name) => name.trim());
  return names.length > 0 ? names.join(" ") : undefined;
}
