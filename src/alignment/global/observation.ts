import type { Spool } from "../../core/spool.ts";
import type { Size, ViewPair } from "../../core/view.ts";
import { pixelGrid } from "../../geometry/camera.ts";

/** A pair as global alignment holds it. */
export interface WeightedPair extends ViewPair {
  /** How many pixels its pointmaps of view 1 and of view 2 have. */
  readonly pixels: readonly [number, number];
  /** Its pointmap of view 1 (0) or view 2 (1), both in the frame of view 1's camera; it may have to be read from a disk. */
  readonly side: (side: 0 | 1) => WeightedPointmap;
  /** Where what is made of them may lie: the disk on which they do. */
  readonly spool?: Spool | undefined;
}

/** One pointmap of a pair. */
export interface WeightedPointmap {
  /** `[height, width, 3]` */
  readonly points: Float32Array;
  /** `[height, width]`: weights of pixels; 0 where they are ignored. */
  readonly weights: Float32Array;
}

/** One pointmap of a pair, as evidence of the image it shows: the pair's similarity should lay it on the image's points. */
export interface PointmapObservation {
  /** Index of the pair. */
  readonly edge: number;
  /** `[pixels, 3]`, in the pair's frame. */
  readonly points: Float32Array;
  /** `[pixels]` */
  readonly weights: Float32Array;
  /** What the objective multiplies by: one over the number of pixels that all pairs have on this side. */
  readonly share: number;
}

/** Pixels of one image, and the pairs' observations of them: some lie on a disk and are read each time they are asked for. */
export interface ObservedPixels {
  /** `[pixels, 2]`, x and y. Images of one size may share it. */
  readonly pixels: Float32Array;
  readonly observations: readonly PointmapObservation[];
}

/** The same, with a way to one of them. */
export interface ObservedImage extends ObservedPixels {
  /** That of a pair that has the image. */
  readonly observationBy: (edge: number) => PointmapObservation;
}

/** The pixels over which the objective is taken, by image: all of them, or a few that stand for the others. */
export type Level = readonly ObservedImage[];

/** Pixels per image that are enough to tell where cameras are. */
export const FEW_PIXELS = 400;

/** The level with all pixels of images of these sizes. */
export function fullLevel(sizes: readonly Size[], pairs: readonly WeightedPair[]): Level {
  const looks = sizes.map((): Look[] => []);
  for (const side of [0, 1] as const) {
    const share = 1 / pairs.reduce((sum, { pixels }) => sum + pixels[side], 0);
    pairs.forEach((pair, edge) => {
      const look = () => ({ edge, share, ...pair.side(side) });
      looks[side === 0 ? pair.view1 : pair.view2]!.push({ edge, look });
    });
  }
  const grids = new Map<string, Float32Array>();
  return sizes.map((size, i) => {
    const name = `${size.width}×${size.height}`;
    const pixels = grids.get(name) ?? pixelGrid(size);
    grids.set(name, pixels);
    return observedImage(pixels, looks[i]!);
  });
}

/**
 * The level with about `count` pixels of every image. They are looked up once for each pair and kept, those of pairs whose maps lie on
 * a disk there, too.
 */
export function coarseLevel(sizes: readonly Size[], pairs: readonly WeightedPair[], count: number = FEW_PIXELS): Level {
  const chosen = sizes.map((size) => gridIndices(size, count));
  const looks = sizes.map((): Look[] => []);
  for (const side of [0, 1] as const) {
    const total = pairs.reduce((sum, { pixels }) => sum + pixels[side], 0);
    for (const [edge, pair] of pairs.entries()) {
      const image = side === 0 ? pair.view1 : pair.view2;
      const share = pair.pixels[side] / chosen[image]!.length / total;
      const look = coarseSide(pair, side, chosen[image]!);
      looks[image]!.push({ edge, look: () => ({ edge, share, ...look() }) });
    }
  }
  return sizes.map((size, i) => observedImage(rowsAt(pixelGrid(size), chosen[i]!, 2), looks[i]!));
}

/** By what looks a pair's maps up: by side and number of pixels. */
const coarseSides = new WeakMap<WeightedPair["side"], Map<string, () => WeightedPointmap>>();

function coarseSide({ side: look, spool }: WeightedPair, side: 0 | 1, chosen: Int32Array): () => WeightedPointmap {
  const known = coarseSides.get(look) ?? new Map<string, () => WeightedPointmap>();
  coarseSides.set(look, known);
  const key = `${side} ${chosen.length}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const { points, weights } = look(side);
  const coarse = laidAside(rowsAt(points, chosen, 3), rowsAt(weights, chosen, 1), spool);
  known.set(key, coarse);
  return coarse;
}

/**
 * About `count` pixels of every image, on a regular grid. Their share is raised so that the objective keeps its size. Those of pairs
 * whose maps lie on a disk lie there, too, and are read each time they are asked for.
 */
export function sampleLevel(full: Level, sizes: readonly Size[], pairs: readonly WeightedPair[], count: number): Level {
  return full.map(({ pixels, observations }, i): ObservedImage => {
    const chosen = gridIndices(sizes[i]!, count);
    const factor = pixels.length / 2 / chosen.length;
    const looks = observations.map(({ edge, points, weights, share }) => {
      const look = laidAside(rowsAt(points, chosen, 3), rowsAt(weights, chosen, 1), pairs[edge]!.spool);
      return { edge, look: () => ({ edge, share: share * factor, ...look() }) };
    });
    return observedImage(rowsAt(pixels, chosen, 2), looks);
  });
}

/** What gives the observation of a pair. */
interface Look {
  readonly edge: number;
  readonly look: () => PointmapObservation;
}

function observedImage(pixels: Float32Array, looks: readonly Look[]): ObservedImage {
  return {
    pixels,
    get observations() {
      return looks.map(({ look }) => look());
    },
    observationBy: (edge) => looks.find((one) => one.edge === edge)!.look(),
  };
}

/** What gives points and weights again, from a disk where there is one with room. */
function laidAside(points: Float32Array, weights: Float32Array, spool: Spool | undefined): () => WeightedPointmap {
  return (spool && readAgain(points, weights, spool)) ?? remembered({ points, weights });
}

function remembered(pointmap: WeightedPointmap): () => WeightedPointmap {
  return () => pointmap;
}

/** A function of its own: what a closure is made beside stays in memory with it, and these values must not. */
function readAgain(points: Float32Array, weights: Float32Array, spool: Spool): (() => WeightedPointmap) | undefined {
  const { length } = points;
  const both = new Float32Array(length + weights.length);
  both.set(points);
  both.set(weights, length);
  const read = spool.put(new Uint8Array(both.buffer));
  return (
    read &&
    (() => {
      const again = new Float32Array(read().buffer);
      return { points: again.subarray(0, length), weights: again.subarray(length) };
    })
  );
}

function gridIndices({ width, height }: Size, count: number): Int32Array {
  const step = Math.max(1, Math.sqrt((width * height) / count));
  const columns = positions(width, step);
  return Int32Array.from(positions(height, step).flatMap((y) => columns.map((x) => y * width + x)));
}

/** Evenly spaced positions in a row of pixels, about one per step. */
function positions(length: number, step: number): number[] {
  const count = Math.max(1, Math.round(length / step));
  return Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * length) / count));
}

function rowsAt(values: Float32Array, indices: Int32Array, width: number): Float32Array {
  const rows = new Float32Array(indices.length * width);
  for (let k = 0, at = 0; k < indices.length; k++) {
    const first = indices[k]! * width;
    for (let c = 0; c < width; c++, at++) rows[at] = values[first + c]!;
  }
  return rows;
}
