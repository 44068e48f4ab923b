import type { AlignPriors, KnownDistance } from "../alignment/align-options.ts";
import type { Intrinsics, Pose } from "../core/camera.ts";
import { InputError } from "../core/errors.ts";
import { principalPointOf } from "../core/image-plane.ts";
import type { KnownLenses } from "../core/known-lens.ts";
import { type Logger, silentLogger } from "../core/logger.ts";
import { type ByPhoto, knownOfPhotos, type PhotoName, photoNamed } from "../core/photo-names.ts";
import { hasPicture } from "../core/rgb-image.ts";
import { someOf } from "../core/some-of.ts";
import type { Size, View } from "../core/view.ts";
import { fitLens } from "../geometry/fit-lens.ts";
import { networkMask, type PhotoMask } from "../geometry/network-mask.ts";
import { networkIntrinsics } from "../geometry/pixel-mapping.ts";
import { quartersLeft, turnPose } from "../geometry/turn-camera.ts";
import type { PhotoDistance } from "./parse-known-distance.ts";
import { photoCameras } from "./photo-cameras.ts";
import { skyPixels } from "./sky-pixels.ts";

/** What is known of photos, by their names and in their original pixels; all of it optional, for any of the photos. */
export interface PhotoPriors {
  readonly lenses?: KnownLenses | undefined;
  /** OpenCV axes. */
  readonly worldFromCam?: ByPhoto<Pose> | undefined;
  /** Of the photos that the poses are of, where they are known: another program may have ignored the EXIF orientation. */
  readonly poseSizes?: ByPhoto<Size> | undefined;
  /** Set for poses of a program that may have ignored the EXIF orientation: refused where sizes do not tell. */
  readonly posesMayBeOfStored?: boolean | undefined;
  /** The file of the poses, for errors. */
  readonly posesSource?: string | undefined;
  /** Set when the poses are in meters. */
  readonly posesInMeters?: boolean | undefined;
  /**
   * Whether photos whose lens is not known have one focal length: those of one size (either way up) by `true`, none by
   * `false`. `auto`, as when left out: those of one size and, where EXIF data tell, one camera, lens and focal length,
   * unless the network's points clearly contradict it.
   */
  readonly sharedFocal?: boolean | "auto" | undefined;
  /** Set to take no notice of the focal lengths and cameras that EXIF data name. */
  readonly ignoreExif?: boolean | undefined;
  /** Or how to find them once the photos' sizes are known. Photos without a mask are used whole. */
  readonly masks?: ByPhoto<PhotoMask> | ReadMasks | undefined;
  /** Also leaves out what looks like sky; see `skyPixels`. */
  readonly maskSky?: boolean | undefined;
  readonly knownDistance?: PhotoDistance | undefined;
  /** Set when the network predicts meters. */
  readonly predictionsInMeters?: boolean | undefined;
}

/** Reads the masks of photos; the logger is told of photos that have none. */
export type ReadMasks = (views: readonly View[], logger: Logger) => Promise<ByPhoto<PhotoMask>>;

/**
 * What is known of photos, as alignment takes it: by index into `views` and in network pixels. The logger is told of names that
 * belong to none of the photos. Throws an `InputError` for names that are ambiguous, or none of which belongs to a photo, for
 * a known distance on a part of a photo that is not in its view, for a mask of another size than its photo, and for sky to be
 * found in views without a picture.
 */
export async function networkPriors(
  views: readonly View[],
  priors: PhotoPriors,
  logger: Logger = silentLogger,
): Promise<AlignPriors> {
  const { lenses, worldFromCam, posesInMeters, maskSky, knownDistance, predictionsInMeters } = priors;
  const { sharedFocal = "auto", ignoreExif = false } = priors;
  const masks = typeof priors.masks === "function" ? await priors.masks(views, logger) : priors.masks;
  const ownMasks = masks && knownOfPhotos(masks, views, "the masks").known;
  return {
    intrinsics: lenses && networkLenses(lenses, views, logger),
    worldFromCam: worldFromCam && uprightPoses(priors, worldFromCam, { views, logger }),
    posesInMeters,
    cameras: photoCameras(views, { sharedFocal, ignoreExif }),
    camerasAreGuessed: sharedFocal === "auto",
    likelyFocals: ignoreExif ? undefined : views.map(exifNetworkFocal),
    masks:
      ownMasks || maskSky || views.some(({ mask }) => mask)
        ? views.map((view, i) => viewMask(view, ownMasks?.[i], { maskSky, logger }))
        : undefined,
    knownDistance: knownDistance && networkDistance(knownDistance, views),
    predictionsInMeters,
  };
}

/** The focal length that a photo's EXIF data name, in network pixels; that of a photo whose lines were made straight is another. */
export function exifNetworkFocal({ exifFocal, originalFromNetwork, straightening }: View): number | undefined {
  const { scaleX, scaleY } = originalFromNetwork;
  const enlarged = straightening ? straightening.pinhole.fx / straightening.lens.intrinsics.fx : 1;
  return exifFocal && (enlarged * exifFocal) / Math.sqrt(scaleX * scaleY);
}

/** What is known of each photo; what is known of others is mentioned, and an error when nothing else is. */
function listedFor<T>(
  entries: ByPhoto<T>,
  photos: readonly PhotoName[],
  { source, logger }: { readonly source: string; readonly logger: Logger },
): readonly (T | undefined)[] {
  const { known, others } = knownOfPhotos(entries, photos, source);
  if (known.every((value) => value === undefined)) {
    const names = photos.map(({ name }) => name);
    throw new InputError(`${source} speaks of ${someOf(others)}, and of none of the photos (${someOf(names)})`);
  }
  const missing = photos.filter((_, i) => known[i] === undefined).map(({ name }) => name);
  if (others.length > 0 && missing.length > 0) {
    logger.warn(`${source} speaks of ${someOf(others)}, which is not among the photos, and not of ${someOf(missing)}.`);
  } else if (others.length > 0)
    logger.info(`${source} also speaks of other photos, which are left out: ${someOf(others)}`);
  return known;
}

/** The poses of the photos' upright cameras; those of photos that were turned by their EXIF orientation may be of how these are stored. */
function uprightPoses(
  { poseSizes = new Map(), posesMayBeOfStored, posesSource: source = "what is known of poses" }: PhotoPriors,
  worldFromCam: ByPhoto<Pose>,
  { views, logger }: { readonly views: readonly View[]; readonly logger: Logger },
): readonly (Pose | undefined)[] {
  const poses = listedFor(worldFromCam, views, { source, logger });
  const { known: sizes } = knownOfPhotos(poseSizes, views, source);
  return views.map(({ name, original, exifOrientation }, i) => {
    const [pose, size] = [poses[i], sizes[i]];
    const quarters = quartersLeft(exifOrientation);
    if (pose === undefined || quarters === 0) return pose;
    const stored = quarters === 2 ? original : { width: original.height, height: original.width };
    const mayBe = (photo: Size) => size === undefined || (size.width === photo.width && size.height === photo.height);
    if (!mayBe(original)) return mayBe(stored) ? turnPose(pose, quarters) : pose;
    if (!posesMayBeOfStored || !mayBe(stored)) return pose;
    throw new InputError(
      `${source}: ${name} is turned by its EXIF orientation (${exifOrientation}), and nothing tells whether the pose is of it ` +
        "before or after that: give the photos that the poses were found with without EXIF orientation",
    );
  });
}

/** The pixels that the photo's own mask, its transparent parts and the sky leave; undefined for all. */
function viewMask(
  view: View,
  own: PhotoMask | undefined,
  { maskSky, logger }: { readonly maskSky: boolean | undefined; readonly logger: Logger },
): Uint8Array | undefined {
  const { name, original } = view;
  if (own !== undefined && (own.width !== original.width || own.height !== original.height)) {
    throw new InputError(
      `the mask of ${name} is ${own.width}x${own.height}, the photo ${original.width}x${original.height}`,
    );
  }
  const given = own && networkMask(own, view);
  if (given && !given.includes(1)) logger.warn(`The mask of ${name} hides all of it: nothing of this photo is used.`);
  const allowed = given && view.mask ? given.map((value, i) => value & view.mask![i]!) : (given ?? view.mask);
  if (!maskSky) return allowed;
  if (!hasPicture(view)) {
    throw new InputError(`there is no picture of ${view.name} to look for sky in`);
  }
  return skyPixels(view).map((isSky, i) => (isSky || allowed?.[i] === 0 ? 0 : 1));
}

/** What is known of each photo's intrinsics, in its original pixels. */
export function lensIntrinsics(
  { byPhoto, shared, source = "what is known of lenses" }: KnownLenses,
  views: readonly View[],
  logger: Logger = silentLogger,
): readonly (Intrinsics | undefined)[] {
  const lenses =
    shared === undefined ? listedFor(byPhoto, views, { source, logger }) : knownOfPhotos(byPhoto, views, source).known;
  return views.map((view, i) => {
    const lens = lenses[i] ?? shared;
    if (lens === undefined) return undefined;
    if (view.straightening !== undefined) return view.straightening.pinhole;
    if (lens.distortion !== undefined) {
      throw new InputError(
        `${source}: the lens of ${view.name} has distortion, and its view was made without it: give the lens where ` +
          "views are made",
      );
    }
    const { intrinsics } = fitLens(lens, view);
    if (lens.principalPoint !== undefined) return intrinsics;
    const [cx, cy] = principalPointOf(view.original);
    return { fx: intrinsics.fx, fy: intrinsics.fy, cx, cy };
  });
}

function networkLenses(lenses: KnownLenses, views: readonly View[], logger: Logger): AlignPriors["intrinsics"] {
  return lensIntrinsics(lenses, views, logger).map(
    (intrinsics, i) => intrinsics && networkIntrinsics(intrinsics, views[i]!.originalFromNetwork),
  );
}

/** A known distance by its photo's index and the network's pixels. Throws an `InputError` where the views do not show it. */
export function networkDistance(
  { photo, pixel1, pixel2, meters }: PhotoDistance,
  views: readonly View[],
): KnownDistance {
  const image = photoNamed(photo, views, "the known distance");
  const view = image === undefined ? undefined : views[image];
  if (image === undefined || view === undefined) {
    throw new InputError(
      `a distance is known in ${photo}, which is none of ${views.map(({ name }) => name).join(", ")}`,
    );
  }
  const place = ([x, y]: readonly [number, number]) => {
    const { scaleX, scaleY, offsetX, offsetY } = view.originalFromNetwork;
    const [u, v] = [(x - offsetX) / scaleX, (y - offsetY) / scaleY];
    if (u < -0.5 || v < -0.5 || u > view.width - 0.5 || v > view.height - 0.5) {
      throw new InputError(`pixel ${x},${y} of ${photo} is not in the part of the photo that the network sees`);
    }
    return [u, v] as const;
  };
  return { image, pixel1: place(pixel1), pixel2: place(pixel2), meters };
}
