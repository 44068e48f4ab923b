/** The decoder, without its cache of files. */
export async function loadSharp(): Promise<typeof import("sharp").default> {
  const { default: sharp } = await import("sharp");
  // libvips caches by file name: a photo that changed would come back as it was.
  sharp.cache(false);
  return sharp;
}
