import { hashPicture, openPhoto } from "#platform";
import { InputError, isUserError } from "../core/errors.ts";
import type { KnownLens, KnownLenses } from "../core/known-lens.ts";
import type { Logger } from "../core/logger.ts";
import { knownOfPhotos } from "../core/photo-names.ts";
import { nameOfPicture, type Picture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import { sha256 } from "../core/sha256.ts";
import type { Size, View } from "../core/view.ts";
import { networkMask } from "../geometry/network-mask.ts";
import { findPictures, type PhotoInputs } from "./photo-input.ts";
import { contentWarnings } from "./picture-content.ts";
import { type PlanOptions, planSettings, planView, type ViewPlan } from "./plan-view.ts";
import { prepareImage } from "./prepare-image.ts";
import { readExif } from "./read-exif.ts";
import { straighteningOf } from "./straightening.ts";
import { straighten } from "./undistort.ts";
import { uniqueNames } from "./unique-names.ts";

/** One photo is decoded while the one before is resampled; more would only cost memory. */
const PHOTOS_AT_ONCE = 2;

/** Part of every hash: raise it when the same file and plan give other pixels than before. */
const PREPARATION_VERSION = 1;

/** How photos become views. */
export interface LoadOptions extends PlanOptions, RunOptions {
  /** Names that the photos may not get. */
  readonly taken?: readonly string[] | undefined;
  /** Goes on without photos that cannot be used, and tells the logger of them. */
  readonly skipBroken?: boolean | undefined;
  /** Told of photos that hold no evidence, too. */
  readonly logger?: Logger | undefined;
  /** What is known of the photos' lenses. */
  readonly lenses?: KnownLenses | undefined;
}

/** Photos that became views: the three lists go together. */
export interface LoadedPhotos {
  readonly views: readonly View[];
  readonly files: readonly Picture[];
  /** Their places among all photos that were given. */
  readonly kept: readonly number[];
}

/** The views of photos, in the order given, as `loadPhotos` makes them. */
export async function loadViews(inputs: PhotoInputs, options: LoadOptions = {}): Promise<readonly View[]> {
  return (await loadPhotos(inputs, options)).views;
}

/**
 * Photos with their views, in the order given. Whatever is wrong with any of them is reported in one
 * error, after all were tried; a single problem keeps its own error. With `skipBroken` the others are given.
 */
export async function loadPhotos(inputs: PhotoInputs, options: LoadOptions = {}): Promise<LoadedPhotos> {
  const { taken, lenses, skipBroken, logger, onProgress, signal, ...planOptions } = options;
  const settings = planSettings(planOptions);
  const photos = await findPictures(inputs);
  const names = uniqueNames(photos.map(nameOfPicture), taken);
  const named = photos.map((photo, i) => ({ path: nameOfPicture(photo), name: names[i]! }));
  const known = lenses && knownOfPhotos(lenses.byPhoto, named, lenses.source ?? "what is known of lenses").known;
  const results: (View | Error)[] = [];
  const waiting = photos.entries();
  let done = 0;
  const work = async () => {
    for (const [i, photo] of waiting) {
      signal?.throwIfAborted();
      results[i] = await loadView(photo, names[i]!, { ...settings, lens: known?.[i] ?? lenses?.shared }).catch(
        (error: unknown) => {
          if (isUserError(error)) return error;
          throw error;
        },
      );
      onProgress?.({ stage: "images", done: ++done, total: photos.length, item: names[i]! });
    }
  };
  await Promise.all(Array.from({ length: PHOTOS_AT_ONCE }, work));
  const loaded = results.flatMap((result, place) => (result instanceof Error ? [] : { view: result, place }));
  const errors = results.filter((result) => result instanceof Error);
  if (errors.length > 0 && (!skipBroken || loaded.length === 0)) throw oneError(errors);
  const views = loaded.map(({ view }) => view);
  for (const error of errors) logger?.warn(`left out: ${error.message}`);
  for (const warning of contentWarnings(views)) logger?.warn(warning);
  return { views, files: loaded.map(({ place }) => photos[place]!), kept: loaded.map(({ place }) => place) };
}

/** How one photo becomes a view. */
export interface LoadViewOptions extends PlanOptions {
  /** What is known of its lens. */
  readonly lens?: KnownLens | undefined;
}

/** Below it a pixel is transparent rather than opaque. */
const HALF_OPAQUE = 128;

/**
 * The view of one photo under the name it gets; lines that its lens bent are straight in it. Throws an `InputError` or
 * `FormatError` that names the file.
 */
export async function loadView(picture: Picture, name: string, options: LoadViewOptions = {}): Promise<View> {
  const { lens: known, ...planOptions } = options;
  const file = await openPhoto(picture);
  const { exif, orientation: exifOrientation, width, height } = file;
  const original = { width, height };
  const facts = exif && (await readExif(exif, original));
  const path = nameOfPicture(picture);
  const photoHash = await hashPicture(picture);
  const plan = planOf(path, original, planOptions);
  const { scaleX, scaleY } = plan.originalFromNetwork;
  const reducedTo = { width: original.width / scaleX, height: original.height / scaleY };
  const photo = await file.decode({ reducedTo });
  const straightening = known && straighteningOf(known, { name, original, exifOrientation });
  const mask = photo.alpha && { ...photo, data: photo.alpha.map((value) => Number(value >= HALF_OPAQUE)) };
  return {
    name,
    path,
    ...plan,
    rgb: prepareImage(straightening ? straighten(photo, straightening) : photo, original, plan),
    original,
    straightening,
    mask: mask && networkMask(mask, { ...plan, original, straightening }),
    exifOrientation,
    exifFocal: facts?.focal,
    exifCamera: facts?.camera,
    takenAt: facts?.takenAt,
    hash: await sha256(
      JSON.stringify([PREPARATION_VERSION, photoHash, plan, ...(straightening ? [straightening] : [])]),
    ),
    photoHash,
  };
}

function planOf(path: string, original: Size, options: PlanOptions): ViewPlan {
  try {
    return planView(original, options);
  } catch (cause) {
    throw isUserError(cause) ? new InputError(`${path}: ${cause.message}`, { cause }) : cause;
  }
}

function oneError(errors: readonly Error[]): Error {
  if (errors.length === 1) return errors[0]!;
  const lines = errors.map((error) => `  ${error.message}`);
  const cause = new AggregateError(errors);
  return new InputError(`${errors.length} photos cannot be used:\n${lines.join("\n")}`, {
    cause,
    remedies: ["skipBroken"],
  });
}
