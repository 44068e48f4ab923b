import { InputError } from "../core/errors.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import type { Dataset, FrameOptions } from "./dataset.ts";

/** What sets with a list of pairs differ in. */
export interface ListedSource {
  readonly name: string;
  /** Where the list is, for errors. */
  readonly list: string;
  /** Reads a frame by its key: a path below the set's folder. */
  readonly read: (key: string, options: FrameOptions) => Promise<RgbdView>;
  /** The scene of a frame; the folder it is in where left out. */
  readonly sceneOf?: (key: string) => string;
}

/** Gathers the pairs of a list. Frames get numbers when they first appear. */
export class PairList {
  readonly #frames = new Map<string, number>();
  readonly #pairs: number[] = [];
  readonly #notes = new Map<string, number>();

  /** Adds a pair of frames by their keys; a frame with itself is no pair, and is only counted. */
  add(first: string, second: string): void {
    if (first === second) this.leaveOut("pairs of a frame with itself");
    else this.#pairs.push(this.#numberOf(first), this.#numberOf(second));
  }

  /** Counts a pair that is not taken; `what` says what is left out, in the plural. */
  leaveOut(what: string): void {
    this.#notes.set(what, (this.#notes.get(what) ?? 0) + 1);
  }

  /** The set of these pairs; an `InputError` where there are none. */
  dataset({ name, list, read, sceneOf = folderOf }: ListedSource): Dataset {
    const frames = [...this.#frames.keys()];
    const pairs = Uint32Array.from(this.#pairs);
    const notes = [...this.#notes].map(([what, count]) => `${list}: ${count} ${what} are left out`);
    if (pairs.length === 0) throw new InputError([`${list}: it lists no pairs`, ...notes].join("; "));
    return {
      name,
      scenes: new Set(frames.map(sceneOf)).size,
      frames: frames.length,
      pairs: pairs.length / 2,
      notes,
      frameName: (frame) => frames[frame]!,
      readFrame: (frame, options) => read(frames[frame]!, options),
      choosePair: (pair) => [pairs[2 * pair]!, pairs[2 * pair + 1]!],
      substitutes: () => [],
    };
  }

  #numberOf(key: string): number {
    const found = this.#frames.get(key) ?? this.#frames.size;
    this.#frames.set(key, found);
    return found;
  }
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/"));
}
