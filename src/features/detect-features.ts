import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/size.ts";
import { inverseMapping, resizedMapping } from "../geometry/pixel-mapping.ts";
import { resample } from "../images/resample.ts";
import { describeKeypoint, descriptorRadius } from "./describe-keypoint.ts";
import { DESCRIPTOR_LENGTH, type Features } from "./features.ts";
import { takePatch } from "./gradient-patch.ts";
import { doubled, type GrayImage, grayOf } from "./gray-image.ts";
import { findKeypoints, LEAST_CONTRAST } from "./keypoints.ts";
import { MAX_ORIENTATIONS, orientationsOf } from "./orientations.ts";
import { FIRST_SIGMA, nextOctave, walkOctave } from "./scale-space.ts";
import { openWorkspace } from "./workspace.ts";

/** How features are detected. */
export interface FeatureOptions {
  /** Longest side, in pixels, at which a photo is looked at; larger ones are reduced. */
  readonly featureSize?: number | undefined;
  /** Of more features, the coarsest are kept. */
  readonly maxFeatures?: number | undefined;
  /** Whether a photo is looked at enlarged, too. When left out, those poor in features are, and those poor even so have fainter ones, too. */
  readonly enlarged?: boolean | undefined;
}

export const FEATURE_DEFAULTS = { featureSize: 1600, maxFeatures: 8192 } as const;

/** Blur that a photo is taken to have, in its pixels. */
const PHOTO_SIGMA = 0.5;
const OCTAVES = 4;
/** Pixels along the shorter side that an octave must have. */
const LEAST_SIDE = 16;
/** A photo with fewer features is looked at enlarged, too; there would be more to find in any, at four times the cost. */
const PIXELS_PER_FEATURE = 200;
/** Of one with fewer even so the clearest of the fainter features count, too, up to so many in all. */
const MOST_WITH_FAINT = 2000;
/** Share of the ordinary contrast that these have; what is fainter still is noise, mostly. */
const FAINT = 0.3;

/** Which features are described. */
interface Contrasts {
  readonly least: number;
  readonly below: number;
}

const ORDINARY: Contrasts = { least: LEAST_CONTRAST, below: Number.POSITIVE_INFINITY };

/** A feature in pixels of the picture that was looked at. */
interface Feature {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly turn: number;
  readonly contrast: number;
  /** Its descriptor begins at `at` in them. */
  readonly descriptors: Uint8Array;
  readonly at: number;
}

/**
 * Local features of a photo: SIFT keypoints (Lowe 2004) with RootSIFT descriptors. A photo that was reduced beforehand may come
 * with its `original` size; both show the same to the edges.
 */
export function detectFeatures(image: RgbImage, options: FeatureOptions & { readonly original?: Size } = {}): Features {
  const {
    original = image,
    featureSize = FEATURE_DEFAULTS.featureSize,
    maxFeatures = FEATURE_DEFAULTS.maxFeatures,
  } = options;
  const picture = reduced(image, featureSize);
  const gray = grayOf(picture);
  const plain = octaveFeatures(gray, OCTAVES);
  const enough = Math.round((gray.width * gray.height) / PIXELS_PER_FEATURE);
  const clear = (options.enlarged ?? plain.length < enough) ? plain.concat(enlargedFeatures(gray)) : plain;
  const missing = Math.min(enough, MOST_WITH_FAINT) - clear.length;
  const hasFaint = options.enlarged === undefined && missing > 0;
  const features = hasFaint ? clear.concat(faintFeatures(gray).slice(0, missing)) : clear;
  features.sort((a, b) => b.scale - a.scale || a.y - b.y || a.x - b.x || a.turn - b.turn);
  return packed(features.slice(0, maxFeatures), picture, original);
}

/** A picture whose longest side is at most `longest`. */
function reduced(image: RgbImage, longest: number): RgbImage {
  const factor = longest / Math.max(image.width, image.height);
  if (factor >= 1) return image;
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(factor * side)));
  const size = { width: width!, height: height! };
  return { ...size, rgb: resample(image, size, inverseMapping(resizedMapping(image, size))) };
}

/** Those that have less contrast than is asked for ordinarily, the clearest first. */
function faintFeatures(gray: GrayImage): Feature[] {
  const contrasts = { least: FAINT * LEAST_CONTRAST, below: LEAST_CONTRAST };
  return [...octaveFeatures(gray, OCTAVES, { contrasts }), ...enlargedFeatures(gray, contrasts)].sort(
    (a, b) => b.contrast - a.contrast || a.y - b.y || a.x - b.x || a.turn - b.turn,
  );
}

/** Features of the octave before a picture's first: its finest detail. */
function enlargedFeatures(gray: GrayImage, contrasts?: Contrasts): Feature[] {
  return octaveFeatures(doubled(gray), 1, { sigma: 2 * PHOTO_SIGMA, contrasts }).map((feature) => {
    const { x, y, scale } = feature;
    return { ...feature, x: x / 2, y: y / 2, scale: scale / 2 };
  });
}

/** Features of octaves one after another, each of half the size of the one before. */
function octaveFeatures(
  gray: GrayImage,
  octaves: number,
  {
    sigma = PHOTO_SIGMA,
    contrasts: { least, below } = ORDINARY,
  }: { readonly sigma?: number; readonly contrasts?: Contrasts | undefined } = {},
): Feature[] {
  const features: Feature[] = [];
  const { kernels } = openWorkspace(gray);
  let image = gray;
  for (let octave = 0; octave < octaves && Math.min(image.width, image.height) >= LEAST_SIDE; octave++) {
    const space = openWorkspace(image, kernels);
    const step = 2 ** octave;
    walkOctave(space, image, octave === 0 ? sigma : FIRST_SIGMA, (window) => {
      const keypoints = findKeypoints(space, window, least).filter(({ contrast }) => contrast < below);
      const descriptors = new Uint8Array(keypoints.length * MAX_ORIENTATIONS * DESCRIPTOR_LENGTH);
      let at = 0;
      for (const keypoint of keypoints) {
        const patch = takePatch(space, window.planes[1], keypoint, descriptorRadius(keypoint));
        const { x, y, sigma: scale, contrast } = keypoint;
        for (const turn of orientationsOf(space, patch, keypoint)) {
          describeKeypoint(space, patch, { sigma: scale, turn }, descriptors, at);
          features.push({ x: step * x, y: step * y, scale: step * scale, turn, contrast, descriptors, at });
          at += DESCRIPTOR_LENGTH;
        }
      }
    });
    if (octave + 1 < octaves) image = nextOctave(space);
  }
  return features;
}

/** Features in lists, in pixels of the original photo. */
function packed(features: readonly Feature[], picture: Size, { width, height }: Size): Features {
  const { scaleX, scaleY, offsetX, offsetY } = resizedMapping(picture, { width, height });
  const count = features.length;
  const positions = new Float32Array(2 * count);
  const descriptors = new Uint8Array(DESCRIPTOR_LENGTH * count);
  for (const [i, { x, y, descriptors: from, at }] of features.entries()) {
    positions[2 * i] = scaleX * x + offsetX;
    positions[2 * i + 1] = scaleY * y + offsetY;
    descriptors.set(from.subarray(at, at + DESCRIPTOR_LENGTH), DESCRIPTOR_LENGTH * i);
  }
  const scales = Float32Array.from(features, ({ scale }) => scale * Math.sqrt(scaleX * scaleY));
  const angles = Float32Array.from(features, ({ turn }) => 2 * Math.PI * turn);
  return { width, height, count, positions, scales, angles, descriptors };
}
