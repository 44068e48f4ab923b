import fc from "fast-check";
import { expect, test } from "vitest";
import { connectedComponents } from "../core/connected-components.ts";
import { choosePairGraph, type Edge, isMatched, MOST_PARTNERS, type PhotoLink } from "./pair-graph.ts";

/** Photos at places on a plane: near ones look alike, and share features where they are close enough. */
function photosAt(places: readonly (readonly [number, number])[], { reach }: { readonly reach: number }) {
  const apart = (a: number, b: number) => Math.hypot(places[a]![0] - places[b]![0], places[a]![1] - places[b]![1]);
  const similarity = (a: number, b: number) => 1 / (1 + apart(a, b));
  const links: PhotoLink[] = [];
  for (let first = 0; first < places.length; first++) {
    for (let second = first + 1; second < places.length; second++) {
      const matches = Math.round(100 * Math.max(0, 1 - apart(first, second) / reach));
      links.push({ first, second, similarity: similarity(first, second), matches });
    }
  }
  return { count: places.length, links, similarity, sequences: [] as readonly (readonly number[])[] };
}

/** Hops between all photos and one. */
function hopsFrom(start: number, count: number, edges: readonly Edge[]): number[] {
  const hops = new Array<number>(count).fill(Number.POSITIVE_INFINITY);
  hops[start] = 0;
  for (let round = 0; round < count; round++)
    for (const [a, b] of edges) {
      hops[a] = Math.min(hops[a]!, hops[b]! + 1);
      hops[b] = Math.min(hops[b]!, hops[a]! + 1);
    }
  return hops;
}

const places = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })), {
  minLength: 2,
  maxLength: 60,
});

test("all photos are connected, none has too many partners, no pair comes twice, in any order of the links", () => {
  fc.assert(
    fc.property(places, fc.integer({ min: 1, max: 40 }), fc.boolean(), (at, reach, isSequence) => {
      const facts = { ...photosAt(at, { reach }), ...(isSequence && { sequences: [[...at.keys()]] }) };
      const { edges, bridges, groups } = choosePairGraph(facts);
      expect(connectedComponents(at.length, edges)).toHaveLength(1);
      const degrees = at.map((_, i) => edges.filter((edge) => edge.includes(i)).length);
      expect(Math.max(...degrees)).toBeLessThanOrEqual(MOST_PARTNERS);
      expect(new Set(edges.map(String)).size).toBe(edges.length);
      expect(edges.every(([a, b]) => a < b)).toBe(true);
      expect(groups === 1).toBe(bridges.length === 0);
      expect(choosePairGraph({ ...facts, links: facts.links.toReversed() })).toEqual({ edges, bridges, groups });
    }),
    { numRuns: 60 },
  );
});

test("a walk that returns is closed where it does: whoever matches is near in the graph", () => {
  // Twice around a block of 4 × 40 steps.
  const side = 40;
  const at = Array.from({ length: 8 * side }, (_, i): readonly [number, number] => {
    const [k, along] = [Math.floor(i / side) % 4, i % side];
    const drift = i >= 4 * side ? 0.5 : 0;
    return [
      [along, drift] as const,
      [side - drift, along] as const,
      [side - along, side - drift] as const,
      [drift, side - along] as const,
    ][k]!;
  });
  const facts = { ...photosAt(at, { reach: 4 }), sequences: [[...at.keys()]] };
  const { edges, bridges, groups } = choosePairGraph(facts);
  expect([groups, bridges.length]).toEqual([1, 0]);
  expect(edges.length).toBeLessThanOrEqual((MOST_PARTNERS * at.length) / 2);
  for (const start of [0, 57, 130, 201]) {
    const hops = hopsFrom(start, at.length, edges);
    const matching = facts.links.filter((link) => isMatched(link) && (link.first === start || link.second === start));
    for (const { first, second } of matching) expect(hops[first === start ? second : first]).toBeLessThanOrEqual(4);
    // The second time around is not 160 photos away.
    expect(hops[(start + 4 * side) % at.length]).toBeLessThanOrEqual(4);
  }
});

test("two places that nothing connects are joined by their most alike photos, which is said", () => {
  const near = Array.from({ length: 12 }, (_, i): readonly [number, number] => [i, 0]);
  const far = Array.from({ length: 9 }, (_, i): readonly [number, number] => [100 + i, 0]);
  const { edges, bridges, groups } = choosePairGraph(photosAt([...near, ...far], { reach: 5 }));
  expect(groups).toBe(2);
  expect(bridges).toContainEqual([11, 12]);
  expect(bridges).toHaveLength(3);
  for (const bridge of bridges) expect(edges).toContainEqual(bridge);
  const between = edges.filter(([a, b]) => a < 12 && b >= 12);
  expect(between).toEqual(bridges);
});

test("without features likeness alone decides", () => {
  const { links, ...facts } = photosAt(
    Array.from({ length: 30 }, (_, i) => [i, 0] as const),
    { reach: 3 },
  );
  const { edges, groups } = choosePairGraph({
    ...facts,
    links: links.map((link) => ({ ...link, matches: undefined })),
  });
  expect(groups).toBe(1);
  for (let i = 0; i < 29; i++) expect(edges).toContainEqual([i, i + 1]);
  expect((2 * edges.length) / 30).toBeGreaterThan(8);
});
