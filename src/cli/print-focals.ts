import type { AnswerStatus } from "../core/answer-status.ts";
import { type NamedFocal, photoFocals } from "../pipeline/photo-focals.ts";
import { type Answer, printAnswer } from "./print-answer.ts";
import { type ExifFlags, modelOptions, type ViewFlags } from "./shared-options.ts";

/** Flags of `dust3r focal`. */
export interface FocalFlags extends ViewFlags, ExifFlags {
  readonly sharedFocal?: true;
}

/** Prints the focal lengths of one photo, or of a few of the same place. */
export async function printFocals(photos: readonly string[], flags: FocalFlags, signal: AbortSignal): Promise<void> {
  await printAnswer(flags, signal, async (run) =>
    focalAnswer(
      await photoFocals(photos, {
        ...modelOptions(flags),
        shared: flags.sharedFocal,
        ignoreExif: flags.exif === false,
        ...run,
      }),
    ),
  );
}

/**
 * `{ status, warnings, images: [{ file, status, focal, fov_x_deg, focal_source }] }`, the last three null where the
 * network's points determine no focal length and EXIF data name none.
 */
function focalAnswer(focals: readonly NamedFocal[]): Answer {
  const images = focals.map(({ name: file, status, focal: found }) => {
    const { focal, fovX, source: focal_source } = found ?? { focal: null, fovX: null, source: null };
    return { file, status, focal, fov_x_deg: fovX === null ? null : (fovX * 180) / Math.PI, focal_source };
  });
  const lines = images.map(({ file, focal, fov_x_deg, focal_source }) => {
    if (focal === null) return `${file}: unknown`;
    const withExif = focal_source === "exif" ? ", with its EXIF data" : "";
    return `${file}: ${focal.toFixed(1)} pixels, ${fov_x_deg!.toFixed(1)}° wide${withExif}`;
  });
  const warnings = [...new Set(focals.flatMap((each) => each.warnings))];
  const status: AnswerStatus = images.some((image) => image.status === "ok") ? "ok" : "no-evidence";
  return { json: { status, warnings, images }, text: lines.join("\n"), warnings };
}
