import { putFloats, type Spool } from "../../core/spool.ts";
import type { Size, ViewPair } from "../../core/view.ts";
import { pixelGrid } from "../../geometry/camera.ts";

/** A pair as global alignment holds it. */
export interface WeightedPair extends ViewPair {
  /** How many pixels its pointmaps of view 1 and of view 2 have. */
  readonly pixels: readonly [number, number];
  /**
   * Its pointmap of view 1 (0) or view 2 (1), both in the frame of view 1's camera. One that lies on a disk is read into `room` for four
   * numbers a pixel, or into memory of its own.
   */
  readonly side: (side: 0 | 1, room?: Float32Array) => WeightedPointmap;
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

/** Pixels of one image, and the pairs' observations of them. */
export interface ObservedPixels {
  /** `[pixels, 2]`, x and y. Images of one size may share it. */
  readonly pixels: Float32Array;
  readonly observations: readonly PointmapObservation[];
}

/**
 * The same; observations that lie on a disk are read each time they are asked for, into one room for all images of a level: they are
 * good until those of another image are asked for.
 */
export interface ObservedImage extends ObservedPixels {
  /** That of a pair that has the image, for good. */
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
      const look = (room?: Float32Array) => ({ edge, share, ...pair.side(side, room) });
      looks[side === 0 ? pair.view1 : pair.view2]!.push({ edge, isStored: pair.spool !== undefined, look });
    });
  }
  const grids = new Map<string, Float32Array>();
  const rooms = new Rooms();
  return sizes.map((size, i) => {
    const name = `${size.width}×${size.height}`;
    const pixels = grids.get(name) ?? pixelGrid(size);
    grids.set(name, pixels);
    return observedImage(pixels, looks[i]!, rooms);
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
      const isStored = pair.spool !== undefined;
      looks[image]!.push({ edge, isStored, look: (room) => ({ edge, share, ...look(room) }) });
    }
  }
  const rooms = new Rooms();
  return sizes.map((size, i) => observedImage(rowsAt(pixelGrid(size), chosen[i]!, 2), looks[i]!, rooms));
}

/** By what looks a pair's maps up: by side and number of pixels. */
const coarseSides = new WeakMap<WeightedPair["side"], Map<string, ReadPointmap>>();

function coarseSide({ side: look, spool }: WeightedPair, side: 0 | 1, chosen: Int32Array): ReadPointmap {
  const known = coarseSides.get(look) ?? new Map<string, ReadPointmap>();
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
  const rooms = new Rooms();
  return full.map(({ pixels, observations }, i): ObservedImage => {
    const chosen = gridIndices(sizes[i]!, count);
    const factor = pixels.length / 2 / chosen.length;
    const looks = observations.map(({ edge, points, weights, share }) => {
      const { spool } = pairs[edge]!;
      const look = laidAside(rowsAt(points, chosen, 3), rowsAt(weights, chosen, 1), spool);
      const isStored = spool !== undefined;
      return { edge, isStored, look: (room?: Float32Array) => ({ edge, share: share * factor, ...look(room) }) };
    });
    return observedImage(rowsAt(pixels, chosen, 2), looks, rooms);
  });
}

/** Gives a pointmap; one that lies on a disk is read into `room` for four numbers a pixel, or into memory of its own. */
type ReadPointmap = (room?: Float32Array) => WeightedPointmap;

/** What gives the observation of a pair. */
interface Look {
  readonly edge: number;
  readonly isStored: boolean;
  readonly look: (room?: Float32Array) => PointmapObservation;
}

/** Memory for the observations of one image, used for the next again. */
class Rooms {
  readonly #rooms: Float32Array[] = [];

  /** Of the observation in this place. */
  at(place: number, length: number): Float32Array {
    let room = this.#rooms[place];
    if (room === undefined || room.length < length) {
      room = new Float32Array(length);
      this.#rooms[place] = room;
    }
    return room.subarray(0, length);
  }
}

function observedImage(pixels: Float32Array, looks: readonly Look[], rooms: Rooms): ObservedImage {
  return {
    pixels,
    get observations() {
      return looks.map(({ isStored, look }, place) => look(isStored ? rooms.at(place, 2 * pixels.length) : undefined));
    },
    observationBy: (edge) => looks.find((one) => one.edge === edge)!.look(),
  };
}

/** What gives points and weights again, from a disk where there is one with room. */
function laidAside(points: Float32Array, weights: Float32Array, spool: Spool | undefined): ReadPointmap {
  return (spool && readAgain(points, weights, spool)) ?? remembered({ points, weights });
}

function remembered(pointmap: WeightedPointmap): ReadPointmap {
  return () => pointmap;
}

/** A function of its own: what a closure is made beside stays in memory with it, and these values must not. */
function readAgain(points: Float32Array, weights: Float32Array, spool: Spool): ReadPointmap | undefined {
  const { length } = points;
  const both = new Float32Array(length + weights.length);
  both.set(points);
  both.set(weights, length);
  const read = putFloats(spool, both);
  return (
    read &&
    ((room) => {
      const again = read(room);
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
