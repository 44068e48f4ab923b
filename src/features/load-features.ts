import { openPhoto } from "#platform";
import type { Straightening } from "../core/lens.ts";
import type { Picture } from "../core/picture.ts";
import type { Size } from "../core/size.ts";
import { networkMask } from "../geometry/network-mask.ts";
import { resizedMapping } from "../geometry/pixel-mapping.ts";
import { straighten } from "../images/undistort.ts";
import { detectFeatures, FEATURE_DEFAULTS, type FeatureOptions } from "./detect-features.ts";
import { type Features, selectFeatures } from "./features.ts";

/** A photo whose features are wanted, as its `View` has it. */
export interface FeaturePhoto {
  readonly picture: Picture;
  /** Features are then of the photo with its lines made straight. */
  readonly straightening?: Straightening | undefined;
}

/** Below it a pixel is transparent rather than opaque. */
const HALF_OPAQUE = 128;

/**
 * The features of one photo, none of them in its transparent parts. Throws an `InputError` or `FormatError` that names the
 * file.
 */
export async function loadFeatures(
  { picture, straightening }: FeaturePhoto,
  options: FeatureOptions = {},
): Promise<Features> {
  const file = await openPhoto(picture);
  const { width, height } = file;
  const original = { width, height };
  const factor = Math.min(1, (options.featureSize ?? FEATURE_DEFAULTS.featureSize) / Math.max(width, height));
  const photo = await file.decode({ reducedTo: { width: factor * width, height: factor * height } });
  const image = straightening ? straighten(photo, straightening) : photo;
  const features = detectFeatures(image, { ...options, original });
  if (photo.alpha === undefined) return features;
  const mask = { ...photo, data: photo.alpha.map((value) => Number(value >= HALF_OPAQUE)) };
  const originalFromNetwork = resizedMapping(photo, original);
  return within(features, networkMask(mask, { ...photo, original, originalFromNetwork, straightening }), photo);
}

/** The features at whose pixels a mask `[height, width]` is not 0. */
function within(features: Features, mask: Uint8Array, { width, height }: Size): Features {
  const { scaleX, scaleY, offsetX, offsetY } = resizedMapping(features, { width, height });
  const { positions } = features;
  return selectFeatures(features, (i) => {
    const x = Math.round(scaleX * positions[2 * i]! + offsetX);
    const y = Math.round(scaleY * positions[2 * i + 1]! + offsetY);
    return mask[y * width + x] === 1;
  });
}
