import type { DenseMap } from "../core/dense-scene.ts";
import type { Size } from "../core/size.ts";
import type { Coding } from "./kept-values.ts";
import type { ScoredPlanes } from "./patch-match.ts";

type SizeOf = (photo: number) => Size;

/** Bytes as they are: `[height, width]`. */
export function bytesCoding(sizeOf: SizeOf): Coding<Uint8Array> {
  return {
    encode: (bytes) => bytes,
    decode: (bytes, photo) => (bytes.length === pixelsOf(sizeOf(photo)) ? copied(bytes) : undefined),
  };
}

/** Planes and their costs, 16 bytes a pixel: map after map, in the order of bytes of this machine. */
export function planesCoding(sizeOf: SizeOf): Coding<ScoredPlanes> {
  return {
    encode: ({ inverseDepth, slopeX, slopeY, costs }) => joined([inverseDepth, slopeX, slopeY, costs]),
    decode(bytes, photo) {
      const { width, height } = sizeOf(photo);
      const pixels = width * height;
      if (bytes.length !== 16 * pixels) return undefined;
      const map = (k: number) => new Float32Array(copied(bytes, 4 * k * pixels, 4 * (k + 1) * pixels).buffer);
      return { width, height, inverseDepth: map(0), slopeX: map(1), slopeY: map(2), costs: map(3) };
    },
  };
}

/** Depth and where it comes from, 5 bytes a pixel: map after map. */
export function denseCoding(sizeOf: SizeOf): Coding<DenseMap> {
  return {
    encode: ({ depth, source }) => joined([depth, source]),
    decode(bytes, photo) {
      const { width, height } = sizeOf(photo);
      const pixels = width * height;
      if (bytes.length !== 5 * pixels) return undefined;
      const depth = new Float32Array(copied(bytes, 0, 4 * pixels).buffer);
      return { width, height, depth, source: copied(bytes, 4 * pixels) };
    },
  };
}

function pixelsOf({ width, height }: Size): number {
  return width * height;
}

/** A part of bytes with a buffer of its own: what a store gives may be a `Buffer`, whose `slice` is a view of what it lies in. */
function copied(bytes: Uint8Array, begin = 0, end = bytes.length): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes.subarray(begin, end));
}

function joined(maps: readonly (Float32Array | Uint8Array)[]): Uint8Array {
  const bytes = new Uint8Array(maps.reduce((sum, map) => sum + map.byteLength, 0));
  let at = 0;
  for (const map of maps) {
    bytes.set(new Uint8Array(map.buffer, map.byteOffset, map.byteLength), at);
    at += map.byteLength;
  }
  return bytes;
}
