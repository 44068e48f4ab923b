import { matchPoint, type Observation, observationAt } from "./match-point.ts";
import type { PosedDepth } from "./posed-depth.ts";

/** One point of the scene as several photos see it: at most one observation in each. */
export type Track = ReadonlyMap<number, Observation>;

/** How tracks are made. */
export interface TrackOptions {
  /** Photos that see each other, by index. */
  readonly pairs: readonly { readonly image1: number; readonly image2: number }[];
  /** Photos are divided into cells of this many pixels a side, each of which starts at most one track. */
  readonly cell: number;
  /** Matches lie within this many pixels of where the other photo's camera expects them. */
  readonly radius: number;
}

/**
 * Multi-view tracks of a scene; a photo without points may be undefined. A track starts at the most confident pixel of a
 * cell and grows along the pairs: from every photo that it has reached to all that form a pair with it, each asked once,
 * by mutual nearest neighbors in the world. Cells that an earlier track has reached start none, so that tracks cover
 * the scene evenly however many photos see it. Equal scenes give equal tracks.
 */
export function growTracks(
  photos: readonly (PosedDepth | undefined)[],
  { pairs, cell, radius }: TrackOptions,
): Track[] {
  const neighbors = neighborsOf(photos, pairs);
  const cells = photos.map((photo) => photo && new CellGrid(photo, cell));
  const tracks: Track[] = [];
  for (const [image, photo] of photos.entries()) {
    if (photo === undefined) continue;
    for (const pixel of cells[image]!.seeds()) {
      if (cells[image]!.isReached(pixel)) continue;
      const track = growTrack(image, observationAt(photo, pixel), { photos, neighbors, radius });
      if (track.size < 2) continue;
      for (const [seen, observation] of track) cells[seen]!.reach(observation.pixel);
      tracks.push(track);
    }
  }
  return tracks;
}

interface Surroundings {
  readonly photos: readonly (PosedDepth | undefined)[];
  readonly neighbors: readonly (readonly number[])[];
  readonly radius: number;
}

function growTrack(image: number, seed: Observation, { photos, neighbors, radius }: Surroundings): Track {
  const track = new Map([[image, seed]]);
  const asked = new Set([image]);
  // The map grows while it is walked over: its new entries come last.
  for (const [from, observation] of track) {
    for (const to of neighbors[from]!) {
      if (asked.has(to)) continue;
      asked.add(to);
      const match = matchPoint(photos[from]!, observation, photos[to]!, radius);
      if (match !== undefined) track.set(to, match);
    }
  }
  return track;
}

/** Per photo the others it forms a pair with, in ascending order. */
function neighborsOf(photos: readonly (PosedDepth | undefined)[], pairs: TrackOptions["pairs"]): number[][] {
  const neighbors = photos.map(() => new Set<number>());
  for (const { image1, image2 } of pairs) {
    if (photos[image1] === undefined || photos[image2] === undefined || image1 === image2) continue;
    neighbors[image1]!.add(image2);
    neighbors[image2]!.add(image1);
  }
  return neighbors.map((others) => [...others].sort((a, b) => a - b));
}

/** The cells of a photo, and which of them tracks have reached. */
class CellGrid {
  readonly #photo: PosedDepth;
  readonly #size: number;
  readonly #columns: number;
  readonly #reached: Uint8Array;

  constructor(photo: PosedDepth, size: number) {
    const { width, height } = photo.image;
    this.#photo = photo;
    this.#size = size;
    this.#columns = Math.ceil(width / size);
    this.#reached = new Uint8Array(this.#columns * Math.ceil(height / size));
  }

  /** The most confident pixel of every cell that has points, cell by cell. */
  seeds(): Int32Array {
    const { confidence } = this.#photo.image;
    const best = new Int32Array(this.#reached.length).fill(-1);
    for (let pixel = 0; pixel < confidence.length; pixel++) {
      if (this.#photo.depthAt(pixel) === 0) continue;
      const cell = this.#cellOf(pixel);
      if (best[cell]! < 0 || confidence[pixel]! > confidence[best[cell]!]!) best[cell] = pixel;
    }
    return best.filter((pixel) => pixel >= 0);
  }

  isReached(pixel: number): boolean {
    return this.#reached[this.#cellOf(pixel)] === 1;
  }

  reach(pixel: number): void {
    this.#reached[this.#cellOf(pixel)] = 1;
  }

  #cellOf(pixel: number): number {
    const { width } = this.#photo.image;
    const row = Math.floor(Math.floor(pixel / width) / this.#size);
    return row * this.#columns + Math.floor((pixel % width) / this.#size);
  }
}
