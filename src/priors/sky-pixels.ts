import type { View } from "../core/view.ts";
import { type ColorPlanes, colorPlanes, isStep, neighborsOf, smoothRegionsFromAbove } from "./smooth-regions.ts";

/**
 * Features of a region at the upper border that tell sky from a wall or a ceiling; shares, and luminances and colors in
 * [0, 1].
 */
interface SkyEvidence {
  /** Of the photo's pixels. */
  readonly share: number;
  /** Of the upper border's pixels. */
  readonly borderShare: number;
  /** How far down it reaches, of the photo's height. */
  readonly reach: number;
  readonly luminance: number;
  /** Mean luminance of its lower half, less that of its upper half. */
  readonly brightening: number;
  /** Mean of blue less red at the upper border: a sunset is orange at the horizon alone. */
  readonly blueness: number;
  /** Its luminance less that of everything else in the photo. */
  readonly contrast: number;
}

/** Regions of less, and those of which a photo seems to consist, are not judged. */
const SHARE = { least: 0.005, most: 0.85 };

/** The mean height of a sky below the border, of the photo's height; the margin of a scan is thinner. */
const LEAST_HEIGHT = 0.025;

/** Mean difference between red and blue in a photo in color. */
const LEAST_COLOR = 0.01;

/** Parts of a sky that something divides differ by less. */
const LIKENESS = { luminance: 0.15, blueness: 0.1 };

/** What a sky encloses is a cloud when it is not darker than the sky by more. */
const CLOUD_DARKNESS = 0.15;

/**
 * The sky in a photo as the network sees it, `[height, width]`, 1 where it is: smooth regions from the upper border down
 * that are blue or burned out and far brighter than all else, or blue, along much of the border and brighter toward the
 * horizon; with the clouds in them. Uncertain regions are not taken: gray skies that are not nearly white, the skies of
 * photos without color, skies that are orange up to the border, and sky that does not reach it (through branches, below
 * an arch) are missed. A burned-out or bluish wall that is cut off by the upper border can still pass for sky.
 */
export function skyPixels(view: View): Uint8Array {
  const planes = colorPlanes(view);
  const sky = new Uint8Array(planes.luminance.length);
  if (!hasColor(planes)) return sky;
  const regions = smoothRegionsFromAbove(planes)
    .filter((pixels) => pixels.length >= SHARE.least * planes.luminance.length)
    .map((pixels) => ({ pixels, evidence: skyEvidence(pixels, planes) }));
  const certain = regions.filter(({ evidence }) => isSky(evidence));
  for (const { pixels, evidence } of regions) {
    if (certain.some((other) => isAlike(evidence, other.evidence))) for (const pixel of pixels) sky[pixel] = 1;
  }
  if (certain.length === 0) return sky;
  return withClouds(withRim(sky, planes), planes);
}

function hasColor({ red, blue }: ColorPlanes): boolean {
  return red.reduce((sum, value, i) => sum + Math.abs(value - blue[i]!), 0) > LEAST_COLOR * red.length;
}

function skyEvidence(pixels: readonly number[], { width, height, red, blue, luminance }: ColorPlanes): SkyEvidence {
  const border = pixels.filter((pixel) => pixel < width);
  const order = Int32Array.from(pixels).sort();
  const middle = order.length >> 1;
  const own = sumAt(luminance, order);
  const all = luminance.reduce((sum, value) => sum + value, 0);
  const mean = own / order.length;
  return {
    share: order.length / luminance.length,
    borderShare: border.length / width,
    reach: Math.floor(order.at(-1)! / width + 1) / height,
    luminance: mean,
    brightening:
      sumAt(luminance, order.subarray(middle)) / (order.length - middle) -
      sumAt(luminance, order.subarray(0, middle)) / Math.max(1, middle),
    blueness: (sumAt(blue, border) - sumAt(red, border)) / border.length,
    contrast: mean - (all - own) / Math.max(1, luminance.length - order.length),
  };
}

function sumAt(values: Float32Array, pixels: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < pixels.length; k++) sum += values[pixels[k]!]!;
  return sum;
}

function isSky({ share, borderShare, reach, luminance, brightening, blueness, contrast }: SkyEvidence): boolean {
  if (share > SHARE.most || borderShare < 0.12 || share < LEAST_HEIGHT * borderShare) return false;
  const isBright = blueness > 0.06 && luminance > 0.6 && contrast > 0.35;
  const isBurnedOut = blueness > -0.03 && luminance > 0.88 && contrast > 0.4 && reach < 0.75 && share > 0.01;
  const isDeepBlue = blueness > 0.15 && luminance > 0.3 && contrast > -0.1 && borderShare > 0.4 && brightening > 0.02;
  return isBright || isBurnedOut || isDeepBlue;
}

function isAlike(one: SkyEvidence, other: SkyEvidence): boolean {
  return (
    Math.abs(one.luminance - other.luminance) < LIKENESS.luminance &&
    Math.abs(one.blueness - other.blueness) < LIKENESS.blueness
  );
}

/** Adds the pixels beside the sky that have its color, and of which only the far side is an edge. */
function withRim(sky: Uint8Array, planes: ColorPlanes): Uint8Array {
  return sky.map((is, pixel) =>
    is || neighborsOf(pixel, planes).some((next) => sky[next] && isStep(planes, pixel, next)) ? 1 : 0,
  );
}

/** Adds what the sky encloses, where it is not darker than the sky. */
function withClouds(sky: Uint8Array, planes: ColorPlanes): Uint8Array {
  const { width, height, luminance } = planes;
  const skyLuminance = luminance.reduce((sum, value, i) => sum + (sky[i] ? value : 0), 0) / sky.reduce((a, b) => a + b);
  const result = sky.slice();
  const isSeen = sky.slice();
  for (let start = 0; start < sky.length; start++) {
    if (isSeen[start] !== 0) continue;
    const enclosed = [start];
    isSeen[start] = 1;
    let touchesBorder = false;
    for (let k = 0; k < enclosed.length; k++) {
      const pixel = enclosed[k]!;
      const x = pixel % width;
      touchesBorder ||= x === 0 || x === width - 1 || pixel < width || pixel >= width * (height - 1);
      for (const next of neighborsOf(pixel, planes)) {
        if (isSeen[next] !== 0) continue;
        isSeen[next] = 1;
        enclosed.push(next);
      }
    }
    const isCloud = sumAt(luminance, enclosed) / enclosed.length > skyLuminance - CLOUD_DARKNESS;
    if (isCloud && !touchesBorder) for (const pixel of enclosed) result[pixel] = 1;
  }
  return result;
}
