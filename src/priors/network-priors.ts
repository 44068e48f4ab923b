import type { AlignPriors, KnownDistance } from "../alignment/align-options.ts";
import type { Intrinsics, Pose } from "../core/camera.ts";
import { InputError } from "../core/errors.ts";
import { principalPointOf } from "../core/image-plane.ts";
import type { View } from "../core/view.ts";
import { networkIntrinsics } from "../geometry/pixel-mapping.ts";
import { networkMask, type PhotoMask } from "./network-mask.ts";
import type { KnownLenses } from "./parse-intrinsics.ts";
import type { PhotoDistance } from "./parse-known-distance.ts";
import { photoCameras } from "./photo-cameras.ts";
import { type ByPhoto, lookUpPhoto } from "./photo-names.ts";
import { skyPixels } from "./sky-pixels.ts";

/** What is known of photos, by their names and in their original pixels; all of it optional, for any of the photos. */
export interface PhotoPriors {
  readonly lenses?: KnownLenses | undefined;
  /** OpenCV axes. */
  readonly worldFromCam?: ByPhoto<Pose> | undefined;
  /** Set when the poses are in metres. */
  readonly posesInMetres?: boolean | undefined;
  /**
   * Whether photos whose lens is not known have one focal length: those of one size (either way up) by `true`, none by
   * `false`. `auto`, as when left out: those of one size and, where EXIF data tell, one camera, lens and focal length,
   * unless what the network sees says clearly otherwise.
   */
  readonly sharedFocal?: boolean | "auto" | undefined;
  /** Set to take no notice of the focal lengths and cameras that EXIF data name. */
  readonly ignoreExif?: boolean | undefined;
  readonly masks?: ByPhoto<PhotoMask> | undefined;
  /** Also leaves out what looks like sky; see `skyPixels`. */
  readonly maskSky?: boolean | undefined;
  readonly knownDistance?: PhotoDistance | undefined;
  /** Set when the network predicts metres. */
  readonly predictionsInMetres?: boolean | undefined;
}

/**
 * What is known of photos, as alignment takes it: by index into `views` and in network pixels. Throws an `InputError` for
 * a known distance on a photo, or a part of it, that is not among the views, for a mask of another size than its photo, and
 * for sky to be found in views without a picture.
 */
export function networkPriors(views: readonly View[], priors: PhotoPriors): AlignPriors {
  const { lenses, worldFromCam, posesInMetres, masks, maskSky, knownDistance, predictionsInMetres } = priors;
  const { sharedFocal = "auto", ignoreExif = false } = priors;
  return {
    intrinsics: lenses && networkLenses(lenses, views),
    worldFromCam: worldFromCam && views.map(({ name }) => lookUpPhoto(worldFromCam, name)),
    posesInMetres,
    cameras: photoCameras(views, { sharedFocal, ignoreExif }),
    camerasAreGuessed: sharedFocal === "auto",
    likelyFocals: ignoreExif ? undefined : views.map(exifNetworkFocal),
    masks: masks || maskSky ? views.map((view) => viewMask(view, priors)) : undefined,
    knownDistance: knownDistance && networkDistance(knownDistance, views),
    predictionsInMetres,
  };
}

/** The focal length that a photo's EXIF data name, in network pixels. */
function exifNetworkFocal({ exifFocal, originalFromNetwork: { scaleX, scaleY } }: View): number | undefined {
  return exifFocal && exifFocal / Math.sqrt(scaleX * scaleY);
}

/** The pixels that both the photo's own mask and the sky leave; undefined for all. */
function viewMask(view: View, { masks, maskSky }: PhotoPriors): Uint8Array | undefined {
  const own = masks && lookUpPhoto(masks, view.name);
  const allowed = own && networkMask(own, view);
  if (!maskSky) return allowed;
  if (view.image.every((value) => value === 0)) {
    throw new InputError(`there is no picture of ${view.name} to look for sky in`);
  }
  return skyPixels(view).map((isSky, i) => (isSky || allowed?.[i] === 0 ? 0 : 1));
}

/** What is known of each photo's intrinsics, in its original pixels. */
export function lensIntrinsics({ byPhoto, shared }: KnownLenses): (view: View) => Intrinsics | undefined {
  return (view) => {
    const lens = lookUpPhoto(byPhoto, view.name) ?? shared;
    if (lens === undefined) return undefined;
    const { fx, fy, principalPoint } = lens;
    const [cx, cy] = principalPoint ?? principalPointOf(view.original);
    return { fx, fy, cx, cy };
  };
}

function networkLenses(lenses: KnownLenses, views: readonly View[]): AlignPriors["intrinsics"] {
  const intrinsicsOf = lensIntrinsics(lenses);
  return views.map((view) => {
    const intrinsics = intrinsicsOf(view);
    return intrinsics && networkIntrinsics(intrinsics, view.originalFromNetwork);
  });
}

function networkDistance({ photo, pixel1, pixel2, metres }: PhotoDistance, views: readonly View[]): KnownDistance {
  const image = views.findIndex(({ name }) => name === photo);
  const view = views[image];
  if (view === undefined) {
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
  return { image, pixel1: place(pixel1), pixel2: place(pixel2), metres };
}
