/** Verified matches between the features of two photos. */
export interface PairMatches {
  readonly photo1: number;
  readonly photo2: number;
  /** `[n, 2]`: indices among the features of photo 1 and of photo 2. */
  readonly matches: Uint32Array;
}

/** Features of several photos that show the same point, track after track. */
export interface Tracks {
  /** `[tracks + 1]`: track i has the members from `starts[i]` to before `starts[i + 1]`, two at least. */
  readonly starts: Uint32Array;
  /** `[members]`, ascending in each track, no photo twice. */
  readonly photos: Uint32Array;
  /** `[members]`, index among the photo's features. */
  readonly features: Uint32Array;
}

/**
 * The tracks that matches chain together. A match that would bring two features of one photo into a track is left out, so
 * that one wrong match does not spoil two good tracks; pairs with more matches come first, for they are wrong less often.
 */
export function buildTracks(pairs: readonly PairMatches[]): Tracks {
  const firsts = firstNodes(pairs);
  const graph = new ConsistentComponents(photosOfNodes(firsts));
  for (const { photo1, photo2, matches } of pairs.toSorted((a, b) => b.matches.length - a.matches.length)) {
    for (let k = 0; k < matches.length; k += 2) {
      graph.join(firsts[photo1]! + matches[k]!, firsts[photo2]! + matches[k + 1]!);
    }
  }
  const starts = [0];
  const photos: number[] = [];
  const features: number[] = [];
  for (const nodes of graph.components()) {
    for (const node of nodes) {
      const photo = graph.photos[node]!;
      photos.push(photo);
      features.push(node - firsts[photo]!);
    }
    starts.push(photos.length);
  }
  return { starts: Uint32Array.from(starts), photos: Uint32Array.from(photos), features: Uint32Array.from(features) };
}

/** Features of all photos are numbered in one row: the number of each photo's first, and how many there are. */
function firstNodes(pairs: readonly PairMatches[]): number[] {
  const counts: number[] = [];
  const count = (photo: number, feature: number) => {
    counts[photo] = Math.max(counts[photo] ?? 0, feature + 1);
  };
  for (const { photo1, photo2, matches } of pairs) {
    for (let k = 0; k < matches.length; k += 2) {
      count(photo1, matches[k]!);
      count(photo2, matches[k + 1]!);
    }
  }
  const firsts = [0];
  for (let photo = 0; photo < counts.length; photo++) firsts.push(firsts[photo]! + (counts[photo] ?? 0));
  return firsts;
}

function photosOfNodes(firsts: readonly number[]): Uint32Array {
  const photos = new Uint32Array(firsts.at(-1)!);
  for (let photo = 0; photo + 1 < firsts.length; photo++) photos.fill(photo, firsts[photo]!, firsts[photo + 1]!);
  return photos;
}

/** Disjoint sets of nodes, none with two nodes of one photo. */
class ConsistentComponents {
  /** By node, ascending. */
  readonly photos: Uint32Array;
  readonly #parents: Uint32Array;
  /** The members of a set in a ring. */
  readonly #next: Uint32Array;
  /** By photo: the attempt to join that met it last. */
  readonly #met: Uint32Array;
  #attempt = 0;

  constructor(photos: Uint32Array) {
    this.photos = photos;
    this.#parents = Uint32Array.from(photos, (_, node) => node);
    this.#next = this.#parents.slice();
    this.#met = new Uint32Array((photos.at(-1) ?? 0) + 1);
  }

  join(a: number, b: number): void {
    const [root, other] = [this.#root(a), this.#root(b)];
    if (root === other || this.#shareAPhoto(root, other)) return;
    this.#parents[other] = root;
    // Two rings become one when two of their members change successors.
    const successor = this.#next[root]!;
    this.#next[root] = this.#next[other]!;
    this.#next[other] = successor;
  }

  /** Those of two nodes or more, members ascending, by their smallest. */
  *components(): Generator<Uint32Array> {
    const seen = new Uint8Array(this.photos.length);
    for (let node = 0; node < seen.length; node++) {
      if (seen[node] === 1 || this.#next[node] === node) continue;
      const members = Uint32Array.from(this.#ring(node)).sort();
      for (const member of members) seen[member] = 1;
      yield members;
    }
  }

  *#ring(node: number): Generator<number> {
    let at = node;
    do {
      yield at;
      at = this.#next[at]!;
    } while (at !== node);
  }

  #shareAPhoto(a: number, b: number): boolean {
    this.#attempt++;
    for (const node of this.#ring(a)) this.#met[this.photos[node]!] = this.#attempt;
    for (const node of this.#ring(b)) {
      if (this.#met[this.photos[node]!] === this.#attempt) return true;
    }
    return false;
  }

  #root(node: number): number {
    let at = node;
    while (this.#parents[at] !== at) {
      this.#parents[at] = this.#parents[this.#parents[at]!]!;
      at = this.#parents[at]!;
    }
    return at;
  }
}
