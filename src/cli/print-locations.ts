import type { AnswerStatus } from "../core/answer-status.ts";
import { calibrationRows, poseRows } from "../formats/camera-matrices.ts";
import { invertRigid } from "../geometry/pose.ts";
import { openMap } from "../maps/open-map.ts";
import type { LocalizationMethod } from "../pipeline/localize-options.ts";
import { localizePhotos } from "../pipeline/localize-photos.ts";
import type { LocalizedPhoto } from "../pipeline/localized-photo.ts";
import { readIntrinsics } from "./read-priors.ts";
import type { RefineFlags } from "./scene-options.ts";
import { type ExifFlags, modelOptions, type ViewFlags } from "./shared-options.ts";
import { printOut } from "./standard-output.ts";
import { withTerminal } from "./terminal.ts";

/** Flags of `dust3r localize`. */
export interface LocalizeFlags extends ViewFlags, ExifFlags, RefineFlags {
  readonly map: string;
  readonly photos?: string;
  readonly method: LocalizationMethod;
  readonly top: number;
  readonly intrinsics?: string;
  readonly seed: number;
}

/** Locates photos in a map and prints where they were taken. */
export async function printLocations(
  queries: readonly string[],
  flags: LocalizeFlags,
  signal: AbortSignal,
): Promise<void> {
  const { method, top, seed, refine, featureSize } = flags;
  await withTerminal(flags, signal, async (run) => {
    const map = await openMap(flags.map, flags.photos);
    const lenses = flags.intrinsics === undefined ? undefined : await readIntrinsics(flags.intrinsics);
    const how = {
      ...modelOptions(flags),
      method,
      top,
      seed,
      refine,
      featureSize,
      lenses,
      ignoreExif: flags.exif === false,
    };
    const photos = await localizePhotos(queries, map, { ...how, ...run });
    run.stopProgress();
    for (const warning of photos.flatMap(queryWarnings)) run.logger.warn(warning);
    const status: AnswerStatus = photos.some((photo) => photo.problem === undefined) ? "ok" : "no-evidence";
    const { warnings } = run.logger;
    const result = { status, warnings, units: map.units, queries: photos.map(queryJson) };
    await printOut(flags.json ? JSON.stringify(result) : photos.map(queryText).join("\n"));
  });
}

function queryWarnings({ name, problem, doubts }: LocalizedPhoto): readonly string[] {
  return problem === undefined ? doubts : [`${name} could not be located: ${problem}.`, ...doubts];
}

/** `{ file, cam_from_world, pose_source, focal_source, inliers, registered }`, and K in original pixels. */
function queryJson({ name, camFromWorld, intrinsics, poseSource, focalSource, inliers }: LocalizedPhoto) {
  return {
    file: name,
    registered: camFromWorld !== undefined,
    cam_from_world: camFromWorld ? poseRows(camFromWorld) : null,
    K: intrinsics ? calibrationRows(intrinsics) : null,
    pose_source: poseSource ?? null,
    focal_source: focalSource ?? null,
    inliers,
  };
}

function queryText({ name, camFromWorld, poseSource, inliers }: LocalizedPhoto): string {
  if (camFromWorld === undefined) return `${name}: not located`;
  const worldFromCam = invertRigid(camFromWorld);
  const center = [3, 7, 11].map((k) => worldFromCam[k]!.toFixed(4)).join(" ");
  const how = poseSource === "refined" ? "by features" : "by the network";
  return `${name}: at ${center}, ${inliers} inliers, ${how}`;
}
