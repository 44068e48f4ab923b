/** From this mean confidence on, the network's focal length of an image may contradict the likely one. */
export const CONFIDENT = 1.5;
/** A likely focal length that differs by more than this factor belongs to another lens or crop. */
const MOST_DIFFERENT = 2;

/** EXIF data round zooms, lenses breathe, photos are cropped a little: standard deviation of the logarithm. */
export const EXIF_DEVIATION = 0.12;
/** The same of focal lengths that the network's points say, one photo at a time. */
const NETWORK_DEVIATION = 0.35;

/** A focal length, in the unit of those it was made of. */
export interface WeighedFocal {
  readonly focal: number;
  /** `exif` where a likely focal length took part. */
  readonly source: "exif" | "network";
}

/** What the network's points say of a focal length. */
export interface PredictedFocal {
  /** Undefined where the points hold none. */
  readonly own: number | undefined;
  /** The mean of the points' confidence. */
  readonly confidence: number;
}

/** A focal length that was likely beforehand, as of EXIF data; undefined where the network's points clearly contradict it. */
export function believedFocal(likely: number | undefined, { own, confidence }: PredictedFocal): number | undefined {
  if (likely === undefined || own === undefined || confidence < CONFIDENT) return likely;
  return Math.abs(Math.log(likely / own)) > Math.log(MOST_DIFFERENT) ? undefined : likely;
}

/** The likely focal length and that of the network's points, each by how far it is ordinarily off; undefined where there is neither. */
export function weighFocal(likely: number | undefined, predicted: PredictedFocal): WeighedFocal | undefined {
  const { own } = predicted;
  const believed = believedFocal(likely, predicted);
  if (believed === undefined) return own === undefined ? undefined : { focal: own, source: "network" };
  if (own === undefined) return { focal: believed, source: "exif" };
  const [a, b] = [EXIF_DEVIATION ** -2, NETWORK_DEVIATION ** -2];
  return { focal: Math.exp((a * Math.log(believed) + b * Math.log(own)) / (a + b)), source: "exif" };
}
