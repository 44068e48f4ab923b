import type { PredictedPairs } from "../predict-pairs.ts";
import { estimateFocals } from "../tasks/photo-focals.ts";
import { type Answer, answerAboutPhotos } from "./answer-about-photos.ts";
import type { ViewFlags } from "./shared-options.ts";

/** Prints the focal lengths of one or two photos. */
export async function printFocals(photos: readonly string[], flags: ViewFlags, signal: AbortSignal): Promise<void> {
  const takes = { counts: [1, 2], text: "focal takes one photo, or two of the same place" };
  await answerAboutPhotos({ photos, flags, takes, answer: focalAnswer }, signal);
}

/** `{ images: [{ file, focal, fov_x_deg }] }`, both null where the network's points hold no focal length. */
function focalAnswer({ views, predictions }: PredictedPairs): Answer {
  const focals = estimateFocals(views, predictions);
  const images = views.map(({ name }, i) => {
    const { focal, fovX } = focals[i] ?? { focal: null, fovX: null };
    return { file: name, focal, fov_x_deg: fovX === null ? null : (fovX * 180) / Math.PI };
  });
  const lines = images.map(({ file, focal, fov_x_deg }) =>
    focal === null ? `${file}: unknown` : `${file}: ${focal.toFixed(1)} pixels, ${fov_x_deg!.toFixed(1)}° wide`,
  );
  const lost = images.filter(({ focal }) => focal === null);
  const warnings = lost.map(({ file }) => `${file}: the network's points hold no focal length.`);
  return { json: { images }, text: lines.join("\n"), warnings };
}
