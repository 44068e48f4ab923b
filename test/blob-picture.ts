import { gaussian, type Random } from "../src/core/random.ts";
import type { RgbImage } from "../src/core/rgb-image.ts";
import type { Size } from "../src/core/size.ts";

/** A round spot: a Gaussian of standard deviation `sigma` around a place that need not be a whole pixel. */
export interface Blob {
  readonly x: number;
  readonly y: number;
  readonly sigma: number;
  /** Of brightness, 0 to 1. */
  readonly height: number;
}

/** A similarity of the plane: turned, scaled, then shifted. */
export interface PlaneSimilarity {
  readonly turn: number;
  readonly scale: number;
  readonly shift: readonly [x: number, y: number];
}

/** A gray picture of spots, exact at every pixel but for rounding to 8 bits. */
export function blobPicture(blobs: readonly Blob[], { width, height }: Size, ground = 0.5): RgbImage {
  const values = new Float64Array(width * height).fill(ground);
  for (const { x, y, sigma, height: peak } of blobs) {
    const reach = 5 * sigma;
    for (let row = Math.max(0, Math.ceil(y - reach)); row <= Math.min(height - 1, y + reach); row++) {
      for (let column = Math.max(0, Math.ceil(x - reach)); column <= Math.min(width - 1, x + reach); column++) {
        const squared = (column - x) ** 2 + (row - y) ** 2;
        values[row * width + column]! += peak * Math.exp(-0.5 * (squared / sigma ** 2));
      }
    }
  }
  const rgb = new Uint8Array(3 * values.length);
  for (const [i, value] of values.entries())
    rgb.fill(Math.round(255 * Math.min(1, Math.max(0, value))), 3 * i, 3 * i + 3);
  return { width, height, rgb };
}

/** Spots of all sizes anywhere in a picture. */
export function randomBlobs(random: Random, count: number, { width, height }: Size): Blob[] {
  return Array.from({ length: count }, () => ({
    x: width * random(),
    y: height * random(),
    sigma: 1.5 * 2 ** (2.5 * random()),
    height: 0.15 * gaussian(random),
  }));
}

/** Where a similarity takes a place. */
export function transformPlace({ turn, scale, shift }: PlaneSimilarity, x: number, y: number): [x: number, y: number] {
  const [cos, sin] = [scale * Math.cos(turn), scale * Math.sin(turn)];
  return [cos * x - sin * y + shift[0], sin * x + cos * y + shift[1]];
}

export function transformBlobs(similarity: PlaneSimilarity, blobs: readonly Blob[]): Blob[] {
  return blobs.map((blob) => {
    const [x, y] = transformPlace(similarity, blob.x, blob.y);
    return { ...blob, x, y, sigma: similarity.scale * blob.sigma };
  });
}
