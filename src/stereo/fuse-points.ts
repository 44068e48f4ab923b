import type { Intrinsics, Pose } from "../core/camera.ts";
import type { FusedPoints } from "../core/dense-scene.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import { type PlaneMap, planeNormal } from "../geometry/plane-map.ts";
import { rotationOf, translationOf } from "../geometry/pose.ts";
import { sourceFromReference } from "./source-from-reference.ts";

/** A photo with planes of which some are measured. */
export interface MeasuredPhoto {
  readonly intrinsics: Intrinsics;
  readonly worldFromCam: Pose;
  /** Of the planes' size. */
  readonly picture: RgbImage;
  readonly planes: PlaneMap;
  /** `[height, width]`: not 0 where photos agree on the plane. */
  readonly marks: Uint8Array;
}

/** How photos are fused. */
export interface FuseOptions {
  /** By photo: those that were its sources. */
  readonly sources: readonly (readonly number[])[];
  /** Loads a photo; undefined for one without measured planes. */
  readonly load: (photo: number) => Promise<MeasuredPhoto | undefined>;
  /** Points in memory at most: where there are more, every second one is left out; 5 million when left out. */
  readonly mostPoints?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** 28 bytes each. */
const MOST_POINTS = 5_000_000;

/** Photos that must have a point, this one included. */
const LEAST_PHOTOS = 2;
/** Two photos have the same point within so many pixels, this share of its depth and this angle (cosine) of its normal. */
const MOST_PIXELS = 2;
const MOST_DEPTH = 0.01;
const LEAST_COSINE = Math.cos((40 * Math.PI) / 180);
/** A point that another photo has already is one more here if this photo's pixels are finer by more than this. */
const FINER = 1.5;

/**
 * Points on which two photos or more agree in place, depth and normal, each once: the mean of what the photos have of it; one of
 * `share` of them. A photo and its sources are in memory at once.
 */
export async function fusePoints({
  sources,
  load,
  mostPoints = MOST_POINTS,
  signal,
}: FuseOptions): Promise<{ readonly points: FusedPoints; readonly share: number }> {
  const used = new Map<number, Uint8Array>();
  let chunks: FusedPoints[] = [];
  let [count, share] = [0, 1];
  for (const photo of sources.keys()) {
    signal?.throwIfAborted();
    const own = await load(photo);
    if (own === undefined) continue;
    const others: { readonly photo: MeasuredPhoto; readonly used: Uint8Array }[] = [];
    for (const index of sources[photo]!) {
      const other = await load(index);
      if (other !== undefined) others.push({ photo: other, used: usedOf(used, index, other) });
    }
    const chunk = everyOf(share, fusePhoto({ photo: own, used: usedOf(used, photo, own) }, others));
    chunks.push(chunk);
    count += chunk.photos.length;
    while (count > mostPoints) {
      share *= 2;
      chunks = chunks.map((all) => everyOf(2, all));
      count = chunks.reduce((sum, { photos }) => sum + photos.length, 0);
    }
    // What no later photo looks at need not be remembered.
    const later = new Set(sources.slice(photo + 1).flatMap((of, k) => [photo + 1 + k, ...of]));
    for (const index of used.keys()) if (!later.has(index)) used.delete(index);
  }
  const points = {
    positions: joined(Float32Array, chunks, "positions"),
    normals: joined(Float32Array, chunks, "normals"),
    colors: joined(Uint8Array, chunks, "colors"),
    photos: joined(Uint8Array, chunks, "photos"),
  };
  return { points, share };
}

/** One of every `step` points: those of a photo are in the order of its pixels, so that the choice is even. */
function everyOf(step: number, { positions, normals, colors, photos }: FusedPoints): FusedPoints {
  if (step === 1) return { positions, normals, colors, photos };
  const each = <T extends Float32Array | Uint8Array>(values: T, size: number): T =>
    values.filter((_, i) => Math.floor(i / size) % step === 0) as T;
  return { positions: each(positions, 3), normals: each(normals, 3), colors: each(colors, 3), photos: each(photos, 1) };
}

function joined<T extends Float32Array | Uint8Array>(
  type: new (length: number) => T,
  chunks: readonly FusedPoints[],
  of: keyof FusedPoints,
): T {
  const values = new type(chunks.reduce((sum, chunk) => sum + chunk[of].length, 0));
  let at = 0;
  for (const chunk of chunks) {
    values.set(chunk[of], at);
    at += chunk[of].length;
  }
  return values;
}

interface Fusing {
  readonly photo: MeasuredPhoto;
  /** `[height, width]`: 1 for pixels whose point is there already. */
  readonly used: Uint8Array;
}

function usedOf(used: Map<number, Uint8Array>, index: number, { marks }: MeasuredPhoto): Uint8Array {
  const mask = used.get(index) ?? new Uint8Array(marks.length);
  used.set(index, mask);
  return mask;
}

function fusePhoto({ photo, used }: Fusing, others: readonly Fusing[]): FusedPoints {
  const [positions, normals, colors, photos]: number[][] = [[], [], [], []];
  const { width, height, inverseDepth } = photo.planes;
  const mappings = others.map((other) => sourceFromReference(cameraOf(other.photo), cameraOf(photo)));
  const backs = others.map((other) => sourceFromReference(cameraOf(photo), cameraOf(other.photo)));
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (photo.marks[i] === 0 || used[i] === 1) continue;
      const w = inverseDepth[i]!;
      const normal = normalAt(photo, x, y);
      const sum = new Float64Array(9);
      addPixel(sum, photo, { x, y, i, normal });
      let count = 1;
      let isKnown = false;
      const taken: { readonly used: Uint8Array; readonly pixel: number }[] = [];
      for (const [k, other] of others.entries()) {
        const { turn: r, shift: t } = mappings[k]!;
        const z = r[6] * x + r[7] * y + r[8] + t[2] * w;
        if (!(z > 0)) continue;
        const u = Math.round((r[0] * x + r[1] * y + r[2] + t[0] * w) / z);
        const v = Math.round((r[3] * x + r[4] * y + r[5] + t[1] * w) / z);
        const { planes, marks } = other.photo;
        if (!(u >= 0 && v >= 0 && u < planes.width && v < planes.height)) continue;
        const pixel = v * planes.width + u;
        if (marks[pixel] === 0) continue;
        const there = planes.inverseDepth[pixel]!;
        const { turn: b, shift: s } = backs[k]!;
        const back = b[6] * u + b[7] * v + b[8] + s[2] * there;
        const backX = (b[0] * u + b[1] * v + b[2] + s[0] * there) / back;
        const backY = (b[3] * u + b[4] * v + b[5] + s[1] * there) / back;
        // Homogeneous pixels are scaled by depth over depth: back / there is the depth here.
        const isSame =
          back > 0 && Math.hypot(backX - x, backY - y) <= MOST_PIXELS && Math.abs((back / there) * w - 1) <= MOST_DEPTH;
        if (!isSame) continue;
        const otherNormal = normalAt(other.photo, u, v);
        if (normal[0] * otherNormal[0] + normal[1] * otherNormal[1] + normal[2] * otherNormal[2] < LEAST_COSINE)
          continue;
        addPixel(sum, other.photo, { x: u, y: v, i: pixel, normal: otherNormal });
        count++;
        const finer = (w * photo.intrinsics.fx) / (there * other.photo.intrinsics.fx);
        if (other.used[pixel] === 1 && finer <= FINER) isKnown = true;
        taken.push({ used: other.used, pixel });
      }
      if (count < LEAST_PHOTOS) continue;
      used[i] = 1;
      for (const { used: mask, pixel } of taken) mask[pixel] = 1;
      if (isKnown) continue;
      const length = Math.hypot(sum[3]!, sum[4]!, sum[5]!);
      positions!.push(sum[0]! / count, sum[1]! / count, sum[2]! / count);
      normals!.push(sum[3]! / length, sum[4]! / length, sum[5]! / length);
      colors!.push(sum[6]! / count, sum[7]! / count, sum[8]! / count);
      photos!.push(count);
    }
  }
  return {
    positions: Float32Array.from(positions!),
    normals: Float32Array.from(normals!),
    colors: Uint8Array.from(colors!, Math.round),
    photos: Uint8Array.from(photos!),
  };
}

function cameraOf({ intrinsics, worldFromCam, planes: { width, height } }: MeasuredPhoto) {
  return { width, height, intrinsics, worldFromCam };
}

/** The normal at a pixel, in the world. */
function normalAt({ intrinsics, worldFromCam, planes }: MeasuredPhoto, x: number, y: number) {
  const i = y * planes.width + x;
  const [a, b, c] = planeNormal(intrinsics, [x, y], [planes.inverseDepth[i]!, planes.slopeX[i]!, planes.slopeY[i]!]);
  const r = rotationOf(worldFromCam);
  return [r[0] * a + r[1] * b + r[2] * c, r[3] * a + r[4] * b + r[5] * c, r[6] * a + r[7] * b + r[8] * c] as const;
}

interface Pixel {
  readonly x: number;
  readonly y: number;
  readonly i: number;
  readonly normal: readonly [number, number, number];
}

/** Adds a pixel's point, normal and color to their sums. */
function addPixel(sum: Float64Array, { intrinsics, worldFromCam, planes, picture }: MeasuredPhoto, pixel: Pixel): void {
  const { x, y, i, normal } = pixel;
  const z = 1 / planes.inverseDepth[i]!;
  const [a, b] = [((x - intrinsics.cx) / intrinsics.fx) * z, ((y - intrinsics.cy) / intrinsics.fy) * z];
  const r = rotationOf(worldFromCam);
  const t = translationOf(worldFromCam);
  for (let k = 0; k < 3; k++) {
    sum[k]! += r[3 * k]! * a + r[3 * k + 1]! * b + r[3 * k + 2]! * z + t[k]!;
    sum[3 + k]! += normal[k]!;
    sum[6 + k]! += picture.rgb[3 * i + k]!;
  }
}
