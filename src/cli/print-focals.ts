import { type NamedFocal, photoFocals } from "../pipeline/photo-focals.ts";
import { type Answer, printAnswer } from "./print-answer.ts";
import { modelOptions, type ViewFlags } from "./shared-options.ts";

/** What the command line says of focal lengths. */
export interface FocalFlags extends ViewFlags {
  readonly sharedFocal?: true;
}

/** Prints the focal lengths of one photo, or of a few of the same place. */
export async function printFocals(photos: readonly string[], flags: FocalFlags, signal: AbortSignal): Promise<void> {
  await printAnswer(flags, signal, async (run) =>
    focalAnswer(await photoFocals(photos, { ...modelOptions(flags), shared: flags.sharedFocal, ...run })),
  );
}

/** `{ images: [{ file, focal, fov_x_deg }] }`, both null where the network's points hold no focal length. */
function focalAnswer(focals: readonly NamedFocal[]): Answer {
  const images = focals.map(({ name: file, focal: found }) => {
    const { focal, fovX } = found ?? { focal: null, fovX: null };
    return { file, focal, fov_x_deg: fovX === null ? null : (fovX * 180) / Math.PI };
  });
  const lines = images.map(({ file, focal, fov_x_deg }) =>
    focal === null ? `${file}: unknown` : `${file}: ${focal.toFixed(1)} pixels, ${fov_x_deg!.toFixed(1)}° wide`,
  );
  const lost = images.filter(({ focal }) => focal === null);
  const warnings = lost.map(({ file }) => `${file}: the network's points hold no focal length.`);
  return { json: { images }, text: lines.join("\n"), warnings };
}
