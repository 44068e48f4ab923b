import { InputError } from "../core/errors.ts";
import { findPictures, type PhotoInputs } from "../images/photo-input.ts";
import { contentWarnings, pictureContent } from "../images/picture-content.ts";
import { estimateFocals, type PhotoFocal, type PhotoFocalOptions } from "../tasks/photo-focals.ts";
import { exifDoubts } from "./exif-doubts.ts";
import type { ModelChoice } from "./open-model.ts";
import { predictPairs } from "./predict-pairs.ts";
import type { Verdict } from "./scene-verdict.ts";

/** How to find focal lengths; everything may be left out. */
export interface PhotoFocalsOptions extends ModelChoice, PhotoFocalOptions {}

/** The focal length of one photo. */
export interface NamedFocal extends Verdict {
  readonly name: string;
  /** In original pixels; undefined where the network's points determine none and EXIF data name none. */
  readonly focal: PhotoFocal | undefined;
}

/** The answers for all pairs of so many photos are held in memory. */
const MOST_PHOTOS = 8;

/**
 * The focal lengths of one photo, or of a few of the same place, in the order given.
 * @throws InputError for more than eight photos, and as `predictPairs`
 */
export async function photoFocals(
  photos: PhotoInputs,
  options: PhotoFocalsOptions = {},
): Promise<readonly NamedFocal[]> {
  const files = await findPictures(photos);
  if (files.length > MOST_PHOTOS)
    throw new InputError(`one photo, or up to ${MOST_PHOTOS} of the same place, are expected; found ${files.length}`);
  const { views, predictions, warnings } = await predictPairs(files, options);
  const focals = estimateFocals(views, predictions, options);
  return views.map((view, i) => {
    const content = pictureContent(view);
    const status = content === "picture" && focals[i] !== undefined ? "ok" : "no-evidence";
    const none = focals[i] === undefined ? [`${view.name}: the network's points hold no focal length.`] : [];
    const odd = contentWarnings([view], [content]);
    const doubts = options.ignoreExif ? [] : exifDoubts([view], [focals[i]]);
    return { name: view.name, focal: focals[i], status, warnings: [...warnings, ...odd, ...none, ...doubts] };
  });
}
