import { decodeImage, joinPath, openFile, pathContent } from "#platform";
import { InputError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { View } from "../core/view.ts";
import type { PhotoMask } from "../priors/network-mask.ts";
import type { PhotoPriors } from "../priors/network-priors.ts";
import { type KnownLenses, parseIntrinsics } from "../priors/parse-intrinsics.ts";
import { parseKnownDistance } from "../priors/parse-known-distance.ts";
import { type KnownPoses, parsePoses } from "../priors/parse-poses.ts";
import { type ByPhoto, lookUpPhoto, unknownNames } from "../priors/photo-names.ts";
import type { SceneFlags } from "./scene-options.ts";

/** Files of intrinsics and poses stay far below it. */
const SIZE_LIMIT = 2 ** 28;

const SHARED_FOCAL_CHOICES = { auto: "auto", yes: true, no: false } as const;

/** What the command line says is known of the photos; the function that it gives still needs their views. */
export type ReadPriors = (views: readonly View[]) => Promise<PhotoPriors>;

/**
 * Reads the files that `--intrinsics` and `--poses` name. Masks are read one by one when
 * the views are there. Entries for photos that are not among the views are reported as warnings, none at all as an error.
 */
export async function readPriors(flags: SceneFlags, logger: Logger): Promise<ReadPriors> {
  const { intrinsics, poses, sharedFocal, exif, masks, maskSky, scaleDistance, metric } = flags;
  const lenses = intrinsics === undefined ? undefined : await readIntrinsics(intrinsics);
  const known: KnownPoses | undefined = poses === undefined ? undefined : parsePoses(await readWhole(poses), poses);
  const knownDistance = scaleDistance === undefined ? undefined : parseKnownDistance(scaleDistance);
  return async (views) => {
    const names = views.map(({ name }) => name);
    if (lenses && lenses.shared === undefined) checkNames(lenses.byPhoto, names, { path: intrinsics!, logger });
    if (known) checkNames(known.worldFromCam, names, { path: poses!, logger });
    return {
      lenses,
      worldFromCam: known?.worldFromCam,
      posesInMetres: known?.metres,
      sharedFocal: sharedFocal && SHARED_FOCAL_CHOICES[sharedFocal],
      ignoreExif: exif === false,
      masks: masks === undefined ? undefined : await readMasks(masks, views),
      maskSky,
      knownDistance,
      predictionsInMetres: metric,
    };
  };
}

/** The intrinsics in a file. */
export async function readIntrinsics(path: string): Promise<KnownLenses> {
  return parseIntrinsics(new TextDecoder().decode(await readWhole(path)), path);
}

async function readWhole(path: string): Promise<Uint8Array> {
  const file = await openFile(path);
  try {
    if (file.size > SIZE_LIMIT) throw new InputError(`${path} has ${file.size} bytes; at most ${SIZE_LIMIT} are read`);
    return await file.read(0, file.size);
  } finally {
    await file.close();
  }
}

function checkNames(
  known: ByPhoto<unknown>,
  names: readonly string[],
  { path, logger }: { readonly path: string; readonly logger: Logger },
): void {
  if (names.every((name) => lookUpPhoto(known, name) === undefined)) {
    throw new InputError(
      `${path} speaks of ${someOf([...known.keys()])}, and of none of the photos (${someOf(names)})`,
    );
  }
  const unknown = unknownNames(known, names);
  if (unknown.length > 0) logger.info(`${path} also speaks of other photos, which are left out: ${someOf(unknown)}`);
}

function someOf(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(", ")}, …` : names.join(", ");
}

/** `NAME.png` for each photo, with or without the photo's own extension before it; photos without a mask are used whole. */
async function readMasks(folder: string, views: readonly View[]): Promise<ByPhoto<PhotoMask>> {
  const masks = new Map<string, PhotoMask>();
  for (const { name, original } of views) {
    for (const stem of [name, name.replace(/(?<=.)\.[^.]*$/, "")]) {
      const path = joinPath(folder, `${stem}.png`);
      if ((await pathContent(path)).kind !== "file") continue;
      const { width, height, rgb } = await decodeImage(path, { maskOf: original });
      // Grey, so that any channel tells; what is nearer to black than to white is left out.
      masks.set(name, { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => rgb[3 * i]! >> 7) });
      break;
    }
  }
  if (masks.size > 0) return masks;
  throw new InputError(
    `${folder}: no mask there; NAME.png is expected for a photo NAME.jpg, black where it is not used`,
  );
}
