import type { View } from "../core/view.ts";
import { calibrationRows, poseRows } from "../export/scene-json.ts";
import { invertRigid } from "../geometry/pose.ts";
import { openMap } from "../maps/open-map.ts";
import { type LocalizedPhoto, localizePhotos } from "../pipeline/localize-photos.ts";
import { viewIntrinsics } from "../priors/network-priors.ts";
import { lookUpPhoto } from "../priors/photo-names.ts";
import type { LocalizeFlags } from "./commands/localize.ts";
import { printOut } from "./printable.ts";
import { readIntrinsics } from "./read-priors.ts";
import { networkOptions } from "./shared-options.ts";
import { terminalLogger } from "./terminal-logger.ts";
import { terminalProgress } from "./terminal-progress.ts";

/** Locates photos in a map and prints where they were taken. */
export async function printLocations(
  queries: readonly string[],
  flags: LocalizeFlags,
  signal: AbortSignal,
): Promise<void> {
  const { method, top, seed, json = false, quiet = false } = flags;
  const progress = terminalProgress(quiet);
  const logger = terminalLogger(progress, quiet);
  try {
    const map = await openMap(flags.map, flags.photos);
    const lenses = flags.intrinsics === undefined ? undefined : await readIntrinsics(flags.intrinsics);
    const intrinsics =
      lenses && ((view: View) => viewIntrinsics(lookUpPhoto(lenses.byPhoto, view.name) ?? lenses.shared, view));
    const network = { ...networkOptions(flags), logger, onProgress: progress.onProgress, signal };
    const photos = await localizePhotos(queries, map, { ...network, method, top, intrinsics, seed });
    progress.stop();
    for (const { name, problem } of photos) {
      if (problem !== undefined) logger.warn(`${name} could not be located: ${problem}.`);
    }
    const result = { units: map.units, queries: photos.map(queryJson) };
    await printOut(json ? JSON.stringify(result) : photos.map(queryText).join("\n"));
  } finally {
    progress.stop();
  }
}

/** `{ file, cam_from_world, inliers, registered }`, and K in original pixels. */
function queryJson({ name, camFromWorld, intrinsics, inliers }: LocalizedPhoto) {
  return {
    file: name,
    registered: camFromWorld !== undefined,
    cam_from_world: camFromWorld ? poseRows(camFromWorld) : null,
    K: intrinsics ? calibrationRows(intrinsics) : null,
    inliers,
  };
}

function queryText({ name, camFromWorld, inliers }: LocalizedPhoto): string {
  if (camFromWorld === undefined) return `${name}: not located`;
  const worldFromCam = invertRigid(camFromWorld);
  const centre = [3, 7, 11].map((k) => worldFromCam[k]!.toFixed(4)).join(" ");
  return `${name}: at ${centre}, ${inliers} inliers`;
}
