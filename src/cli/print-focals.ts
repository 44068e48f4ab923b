import type { PredictedPairs } from "../pipeline/predict-pairs.ts";
import { estimateFocals } from "../tasks/photo-focals.ts";
import { type Answer, answerAboutPhotos } from "./answer-about-photos.ts";
import type { FocalFlags } from "./commands/focal.ts";

/** The answers for all pairs of these are held in memory. */
const MOST_PHOTOS = 8;

/** Prints the focal lengths of one photo, or of a few of the same place. */
export async function printFocals(photos: readonly string[], flags: FocalFlags, signal: AbortSignal): Promise<void> {
  const counts = Array.from({ length: MOST_PHOTOS }, (_, i) => i + 1);
  const takes = { counts, text: `focal takes one photo, or up to ${MOST_PHOTOS} of the same place` };
  const answer = (predicted: PredictedPairs) => focalAnswer(predicted, flags.sharedFocal ?? false);
  await answerAboutPhotos({ photos, flags, takes, answer }, signal);
}

/** `{ images: [{ file, focal, fov_x_deg }] }`, both null where the network's points hold no focal length. */
function focalAnswer({ views, predictions }: PredictedPairs, shared: boolean): Answer {
  const focals = estimateFocals(views, predictions, { shared });
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
