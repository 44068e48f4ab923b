import type { AnswerStatus } from "../core/answer-status.ts";
import { type NamedFocal, photoFocals } from "../pipeline/photo-focals.ts";
import { type Answer, printAnswer } from "./print-answer.ts";
import { modelOptions, type ViewFlags } from "./shared-options.ts";

/** Flags of `dust3r focal`. */
export interface FocalFlags extends ViewFlags {
  readonly sharedFocal?: true;
}

/** Prints the focal lengths of one photo, or of a few of the same place. */
export async function printFocals(photos: readonly string[], flags: FocalFlags, signal: AbortSignal): Promise<void> {
  await printAnswer(flags, signal, async (run) =>
    focalAnswer(await photoFocals(photos, { ...modelOptions(flags), shared: flags.sharedFocal, ...run })),
  );
}

/**
 * `{ status, warnings, images: [{ file, status, focal, fov_x_deg }] }`, both numbers null where the network's points
 * determine no focal length.
 */
function focalAnswer(focals: readonly NamedFocal[]): Answer {
  const images = focals.map(({ name: file, status, focal: found }) => {
    const { focal, fovX } = found ?? { focal: null, fovX: null };
    return { file, status, focal, fov_x_deg: fovX === null ? null : (fovX * 180) / Math.PI };
  });
  const lines = images.map(({ file, focal, fov_x_deg }) =>
    focal === null ? `${file}: unknown` : `${file}: ${focal.toFixed(1)} pixels, ${fov_x_deg!.toFixed(1)}° wide`,
  );
  const warnings = [...new Set(focals.flatMap((each) => each.warnings))];
  const status: AnswerStatus = images.some((image) => image.status === "ok") ? "ok" : "no-evidence";
  return { json: { status, warnings, images }, text: lines.join("\n"), warnings };
}
