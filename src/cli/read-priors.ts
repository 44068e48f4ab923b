import { decodeMask, openFile, pathContent } from "#platform";
import { InputError, isUserError } from "../core/errors.ts";
import type { KnownLenses } from "../core/known-lens.ts";
import type { Logger } from "../core/logger.ts";
import { type ByPhoto, knownOfPhotos, stemOf } from "../core/photo-names.ts";
import type { View } from "../core/view.ts";
import type { ColmapFile } from "../formats/colmap/read-model.ts";
import type { PhotoMask } from "../geometry/network-mask.ts";
import { findPhotosBelow } from "../images/find-photos.ts";
import { colmapLenses } from "../priors/colmap-lenses.ts";
import type { PhotoPriors } from "../priors/network-priors.ts";
import { parseIntrinsics } from "../priors/parse-intrinsics.ts";
import { parseKnownDistance } from "../priors/parse-known-distance.ts";
import { type KnownPoses, parsePoses } from "../priors/parse-poses.ts";
import type { SceneFlags } from "./scene-options.ts";

/** Files of intrinsics and poses stay far below it. */
const SIZE_LIMIT = 2 ** 28;

const SHARED_FOCAL_CHOICES = { auto: "auto", yes: true, no: false } as const;

/** What the command line says is known of the photos. Masks are read when they are needed. */
export async function readPriors(flags: SceneFlags): Promise<PhotoPriors> {
  const { intrinsics, poses, sharedFocal, exif, masks, maskSky, scaleDistance, metric } = flags;
  const known = poses === undefined ? undefined : await readPoses(poses);
  return {
    lenses: intrinsics === undefined ? undefined : await readIntrinsics(intrinsics),
    worldFromCam: known?.worldFromCam,
    poseSizes: known?.sizes,
    posesMayBeOfStored: known?.mayBeOfStored,
    posesSource: poses,
    posesInMeters: known?.meters,
    sharedFocal: sharedFocal && SHARED_FOCAL_CHOICES[sharedFocal],
    ignoreExif: exif === false,
    masks: masks === undefined ? undefined : (views, told) => readMasks(masks, views, told),
    maskSky,
    knownDistance: scaleDistance === undefined ? undefined : parseKnownDistance(scaleDistance),
    predictionsInMeters: metric,
  };
}

/** The intrinsics in a file: JSON, or the cameras of a COLMAP model with its images beside them. */
export async function readIntrinsics(path: string): Promise<KnownLenses> {
  const [cameras, images] = ["cameras", "images"].map((name) => colmapFile(path, name));
  if (cameras === undefined)
    return { ...parseIntrinsics(new TextDecoder().decode(await readWhole(path)), path), source: path };
  return { ...colmapLenses(await readColmap(cameras), await readColmapIfThere(images!)), source: path };
}

/** The poses in a file; a COLMAP model's cameras beside it say the photos' sizes. */
async function readPoses(path: string): Promise<KnownPoses> {
  const cameras = colmapFile(path, "cameras");
  return parsePoses(await readWhole(path), path, cameras === undefined ? undefined : await readColmapIfThere(cameras));
}

/** The file of a COLMAP model that is called `name`, from the path of any; undefined for paths that are none. */
function colmapFile(path: string, name: string): string | undefined {
  const pattern = /(?<=^|[\\/])(?:cameras|images)(?=\.(?:txt|bin)$)/i;
  return pattern.test(path) ? path.replace(pattern, name) : undefined;
}

async function readColmap(path: string): Promise<ColmapFile> {
  return { path, bytes: await readWhole(path) };
}

async function readColmapIfThere(path: string): Promise<ColmapFile | undefined> {
  return (await pathContent(path)).kind === "file" ? readColmap(path) : undefined;
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

/**
 * The pictures in a folder, and in its folders, that are called as photos are: `NAME.png` for each, with or without the photo's own
 * extension before it. Photos without a mask are used whole, and named.
 */
async function readMasks(folder: string, views: readonly View[], logger: Logger): Promise<ByPhoto<PhotoMask>> {
  const files = new Map((await findPhotosBelow(folder)).map((path) => [stemOf(path), path]));
  const { known } = knownOfPhotos(files, views, folder);
  const without = views.filter((_, i) => known[i] === undefined).map(({ name }) => name);
  if (without.length === views.length) {
    throw new InputError(
      `${folder}: no mask there; NAME.png is expected for a photo NAME.jpg, black where it is not used`,
    );
  }
  if (without.length > 0) logger.warn(`${folder} has no masks of ${without.join(", ")}, which are used whole.`);
  const masks = new Map<string, PhotoMask>();
  const problems: string[] = [];
  for (const [i, { name, original }] of views.entries()) {
    const path = known[i];
    if (path === undefined) continue;
    try {
      masks.set(name, await decodeMask(path, original));
    } catch (error) {
      if (!isUserError(error)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new InputError(`masks that cannot be used:\n  ${problems.join("\n  ")}`);
  return masks;
}
