import type { AlignPriors, KnownDistance } from "../alignment/align-options.ts";
import type { Intrinsics, Pose } from "../core/camera.ts";
import { InputError } from "../core/errors.ts";
import type { KnownLenses } from "../core/known-lens.ts";
import { type Logger, silentLogger } from "../core/logger.ts";
import { type ByPhoto, knownOfPhotos, type PhotoName, photoNamed } from "../core/photo-names.ts";
import type { View } from "../core/view.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { inverseMapping, mapPixels, networkIntrinsics, originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { networkMask, type PhotoMask } from "./network-mask.ts";
import type { PhotoDistance } from "./parse-known-distance.ts";
import { skyPixels } from "./sky-pixels.ts";

/** What is known of photos, by their names and in their original pixels; all of it optional, for any of the photos. */
export interface PhotoPriors {
  readonly lenses?: KnownLenses | undefined;
  /** OpenCV axes. */
  readonly worldFromCam?: ByPhoto<Pose> | undefined;
  /** Set when the poses are in metres. */
  readonly posesInMetres?: boolean | undefined;
  /** One focal length for all photos whose lens is not known. */
  readonly sharedFocal?: boolean | undefined;
  /** Or how to find them once the photos' sizes are known. Photos without a mask are used whole. */
  readonly masks?: ByPhoto<PhotoMask> | ReadMasks | undefined;
  /** Also leaves out what looks like sky; see `skyPixels`. */
  readonly maskSky?: boolean | undefined;
  readonly knownDistance?: PhotoDistance | undefined;
  /** Set when the network predicts metres. */
  readonly predictionsInMetres?: boolean | undefined;
}

/** Reads the masks of photos. */
export type ReadMasks = (views: readonly View[]) => Promise<ByPhoto<PhotoMask>>;

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
  const { lenses, worldFromCam, posesInMetres, sharedFocal, maskSky, knownDistance, predictionsInMetres } = priors;
  const masks = typeof priors.masks === "function" ? await priors.masks(views) : priors.masks;
  const ownMasks = masks && knownOfPhotos(masks, views, "the masks").known;
  return {
    intrinsics: lenses && networkLenses(lenses, views, logger),
    worldFromCam: worldFromCam && listedFor(worldFromCam, views, { source: "the poses", logger }),
    posesInMetres,
    sharedFocal,
    masks: ownMasks || maskSky ? views.map((view, i) => viewMask(view, ownMasks?.[i], maskSky)) : undefined,
    knownDistance: knownDistance && networkDistance(knownDistance, views),
    predictionsInMetres,
  };
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
    throw new InputError(`${source} speak of ${someOf(others)}, and of none of the photos (${someOf(names)})`);
  }
  if (others.length > 0) logger.info(`${source} also speak of other photos, which are left out: ${someOf(others)}`);
  return known;
}

function someOf(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(", ")}, …` : names.join(", ");
}

/** The pixels that both the photo's own mask and the sky leave; undefined for all. */
function viewMask(view: View, own: PhotoMask | undefined, maskSky: boolean | undefined): Uint8Array | undefined {
  const allowed = own && networkMask(own, view);
  if (!maskSky) return allowed;
  if (view.image.every((value) => value === 0)) {
    throw new InputError(`there is no picture of ${view.name} to look for sky in`);
  }
  return skyPixels(view).map((isSky, i) => (isSky || allowed?.[i] === 0 ? 0 : 1));
}

/** What is known of each photo's intrinsics, in its original pixels. */
export function lensIntrinsics(
  { byPhoto, shared }: KnownLenses,
  views: readonly View[],
  logger: Logger = silentLogger,
): readonly (Intrinsics | undefined)[] {
  const source = "the intrinsics";
  const lenses =
    shared === undefined ? listedFor(byPhoto, views, { source, logger }) : knownOfPhotos(byPhoto, views, source).known;
  return views.map((view, i) => {
    const lens = lenses[i] ?? shared;
    if (lens === undefined) return undefined;
    const { fx, fy, principalPoint } = lens;
    const middle = originalIntrinsics(centeredIntrinsics(view, 1), view.originalFromNetwork);
    const [cx, cy] = principalPoint ?? [middle.cx, middle.cy];
    return { fx, fy, cx, cy };
  });
}

function networkLenses(lenses: KnownLenses, views: readonly View[], logger: Logger): AlignPriors["intrinsics"] {
  return lensIntrinsics(lenses, views, logger).map(
    (intrinsics, i) => intrinsics && networkIntrinsics(intrinsics, views[i]!.originalFromNetwork),
  );
}

function networkDistance({ photo, pixel1, pixel2, metres }: PhotoDistance, views: readonly View[]): KnownDistance {
  const image = photoNamed(photo, views, "the known distance");
  const view = image === undefined ? undefined : views[image];
  if (image === undefined || view === undefined) {
    throw new InputError(
      `a distance is known in ${photo}, which is none of ${views.map(({ name }) => name).join(", ")}`,
    );
  }
  const place = ([x, y]: readonly [number, number]) => {
    const [u, v] = mapPixels(Float32Array.of(x, y), inverseMapping(view.originalFromNetwork)) as unknown as [
      number,
      number,
    ];
    if (u < 0 || v < 0 || u > view.width - 1 || v > view.height - 1) {
      throw new InputError(`pixel ${x},${y} of ${photo} is not in the part of the photo that the network sees`);
    }
    return [u, v] as const;
  };
  return { image, pixel1: place(pixel1), pixel2: place(pixel2), metres };
}
