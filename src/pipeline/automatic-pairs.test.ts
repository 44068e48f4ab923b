import { expect, test } from "vitest";
import { connectedComponents } from "../core/connected-components.ts";
import { seededRandom } from "../core/random.ts";
import type { View } from "../core/view.ts";
import { DESCRIPTOR_LENGTH, type Features } from "../features/features.ts";
import { automaticPairs } from "./automatic-pairs.ts";
import { pairingWarnings } from "./pairing-warnings.ts";

const SHOWN = 60;

/** Photos along a path over landmarks: each shows those next to its place. Descriptors of photos are vague about the place. */
function walk(places: readonly number[], name: (i: number) => string) {
  const random = seededRandom("landmarks");
  const landmarks = Array.from({ length: 4000 }, () =>
    Uint8Array.from({ length: DESCRIPTOR_LENGTH }, () => Math.floor(random() * 78)),
  );
  const views = places.map((_, i) => ({ name: name(i), hash: `${(i * 7919) % 1009} ${i}` }) as View);
  const features = places.map((place): Features => {
    const shown = landmarks.slice(place * 10, place * 10 + SHOWN);
    return {
      width: 100,
      height: 100,
      count: SHOWN,
      positions: new Float32Array(2 * SHOWN),
      scales: new Float32Array(SHOWN).fill(1),
      angles: new Float32Array(SHOWN),
      descriptors: Uint8Array.from(shown.flatMap((one) => [...one])),
    };
  });
  const descriptors = places.map((place) => Float32Array.of(Math.cos(place / 20), Math.sin(place / 20), random()));
  return { views, features, descriptors };
}

test("a walk that returns after forty photos is closed there, whatever the order of the photos", async () => {
  const places = Array.from({ length: 56 }, (_, i) => (i < 40 ? i : i - 40));
  const photos = walk(places, (i) => `IMG_${100 + i}.jpg`);
  const { edges, report } = await automaticPairs(photos);
  expect(report).toMatchObject({ sequences: [56], groups: 1, bridges: [], unmatched: [] });
  expect(connectedComponents(56, edges)).toHaveLength(1);
  const closing = edges.filter(([a, b]) => a < 22 && b >= 40 && Math.abs(b - 40 - a) < 6);
  expect(closing.length).toBeGreaterThan(5);
  expect((2 * edges.length) / 56).toBeLessThanOrEqual(10.5);

  const turned = <T>(items: readonly T[]) => items.toReversed();
  const again = await automaticPairs({
    views: turned(photos.views),
    features: turned(photos.features),
    descriptors: turned(photos.descriptors),
  });
  const back = again.edges.map(([a, b]) => [55 - b, 55 - a]).sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
  expect(back).toEqual(edges);
});

test("two places and a photo of nothing are joined by likeness, and that is said", async () => {
  const places = [...Array.from({ length: 10 }, (_, i) => i), ...Array.from({ length: 10 }, (_, i) => 200 + i), 390];
  const photos = walk(places, (i) => `${String.fromCharCode(97 + i)}.jpg`);
  const { edges, report } = await automaticPairs(photos);
  expect(connectedComponents(21, edges)).toHaveLength(1);
  expect(report).toMatchObject({ sequences: [], groups: 3, unmatched: [20] });
  expect(report.bridges.length).toBeGreaterThanOrEqual(2);
  const [warning] = pairingWarnings(report, photos.views);
  expect(warning).toMatch(/^The photos fall into 3 groups that no features connect; .*\.jpg and .\.jpg/);
});

test("photos that are all the same are paired, without a sequence or a bridge", async () => {
  const photos = walk(
    Array.from({ length: 30 }, () => 7),
    (i) => `${i} copy.jpg`,
  );
  const descriptors = photos.descriptors.map(() => Float32Array.of(1, 2, 3));
  const { edges, report } = await automaticPairs({ ...photos, descriptors });
  expect(connectedComponents(30, edges)).toHaveLength(1);
  expect(report).toMatchObject({ groups: 1, bridges: [], unmatched: [] });
});

test("an abort stops it", async () => {
  const photos = walk([0, 1, 2], (i) => `${i}.jpg`);
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(automaticPairs({ ...photos, signal })).rejects.toThrow("stopped");
});
