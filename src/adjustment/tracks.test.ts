import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom } from "../../test/random-geometry.ts";
import { randomInteger } from "../core/random.ts";
import { buildTracks, type PairMatches, type Tracks } from "./tracks.ts";

function pair(photo1: number, photo2: number, ...matches: readonly number[]): PairMatches {
  return { photo1, photo2, matches: Uint32Array.from(matches) };
}

/** Each track as "photo:feature" joined. */
function written({ starts, photos, features }: Tracks): string[] {
  return Array.from({ length: starts.length - 1 }, (_, i) => {
    const members = Array.from({ length: starts[i + 1]! - starts[i]! }, (_, k) => starts[i]! + k);
    return members.map((k) => `${photos[k]}:${features[k]}`).join(" ");
  });
}

describe("buildTracks", () => {
  test("chains matches over pairs", () => {
    const tracks = buildTracks([pair(0, 1, 4, 2, 5, 3), pair(1, 2, 2, 9), pair(3, 0, 1, 5)]);
    expect(written(tracks)).toEqual(["0:4 1:2 2:9", "0:5 1:3 3:1"]);
  });

  test("keeps two tracks that one wrong match would merge", () => {
    const right = [pair(0, 1, 0, 0, 1, 1), pair(0, 2, 0, 0, 1, 1)];
    for (const pairs of [
      [pair(1, 2, 0, 1), ...right],
      [...right, pair(1, 2, 0, 1)],
    ]) {
      expect(written(buildTracks(pairs))).toEqual(["0:0 1:0 2:0", "0:1 1:1 2:1"]);
    }
  });

  test("a match within one photo is none", () => {
    expect(written(buildTracks([pair(1, 1, 0, 5)]))).toEqual([]);
  });

  test("nothing makes nothing", () => {
    for (const pairs of [[], [pair(0, 1)]]) expect([...buildTracks(pairs).starts]).toEqual([0]);
  });

  test("no track has a photo twice, no feature two tracks, whatever is matched", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const pairs = Array.from({ length: 12 }, () => {
          const matches = Array.from({ length: 2 * randomInteger(random, 10) }, () => randomInteger(random, 8));
          return pair(randomInteger(random, 5), randomInteger(random, 5), ...matches);
        });
        const tracks = written(buildTracks(pairs)).map((track) => track.split(" "));
        const members = tracks.flat();
        expect(new Set(members).size).toBe(members.length);
        for (const track of tracks) {
          expect(track.length).toBeGreaterThanOrEqual(2);
          expect(new Set(track.map((member) => member.split(":")[0])).size).toBe(track.length);
        }
      }),
    );
  });
});
