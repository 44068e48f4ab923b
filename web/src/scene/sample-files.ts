/** What the build writes beside the page in `sample/` (`scripts/build-web.ts`): besides these, the photos themselves. */
export const SAMPLE_FILES = { photos: "photos.json", report: "report.json", result: "result.bin" } as const;
