import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../core/errors.ts";
import { makePairs, type PairGraph } from "./make-pairs.ts";

type Golden = Readonly<Record<string, readonly (readonly [number, number])[]>>;

const golden: Golden = JSON.parse(readFileSync(new URL("../../test/fixtures/pairs.json", import.meta.url), "utf8"));
const cases = Object.entries(golden).filter(([name]) => name.endsWith("prefilter=None"));

/** The reference's notation: `swin-2-noncyclic`, `logwin`, `oneref-1`. */
function graphOf(notation: string): PairGraph {
  const [kind, number, order] = notation.split("-");
  if (kind === "complete") return { kind: "complete" };
  if (kind === "oneref") return { kind: "star", center: Number(number ?? 0) };
  return { kind: kind === "swin" ? "window" : "logwindow", size: Number(number ?? 3), cyclic: order !== "noncyclic" };
}

const graph: fc.Arbitrary<PairGraph> = fc
  .tuple(fc.constantFrom("complete", "window", "logwindow", "star"), fc.integer({ min: 1, max: 2000 }), fc.boolean())
  .map(([kind, size, cyclic]) => {
    if (kind === "complete") return { kind };
    return kind === "star" ? { kind, center: 1 } : { kind, size, cyclic };
  });

const keys = (pairs: readonly { view1: number; view2: number }[]) =>
  pairs.map(({ view1, view2 }) => `${view1}-${view2}`);

describe("makePairs", () => {
  test.each(cases)("%s", (name, expected) => {
    const [, n, notation, symmetrize] = /^n=(\d+);graph=([^;]+);symmetrize=(\w+);/.exec(name) ?? [];
    const pairs = makePairs(Number(n), graphOf(notation!), { symmetrize: symmetrize === "True" });
    // The reference pairs a view with itself where a cyclic window wraps around.
    const wanted = new Set(expected.filter(([i, j]) => i !== j).map(([i, j]) => `${i}-${j}`));
    expect(new Set(keys(pairs))).toEqual(wanted);
    expect(pairs).toHaveLength(wanted.size);
  });

  test("keeps the reference's order where it has one", () => {
    for (const kind of ["complete", "oneref"]) {
      const expected = golden[`n=6;graph=${kind};symmetrize=True;prefilter=None`]!;
      expect(keys(makePairs(6, graphOf(kind)))).toEqual(expected.map(([i, j]) => `${i}-${j}`));
    }
  });

  test("gives every pair once, none with itself, and each both ways", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 24 }), graph, (viewCount, kind) => {
        const pairs = makePairs(viewCount, kind);
        const present = new Set(keys(pairs));
        expect(present.size).toBe(pairs.length);
        const wrong = pairs.filter(({ view1, view2 }) => view1 === view2 || !present.has(`${view2}-${view1}`));
        expect(wrong).toEqual([]);
        expect(Math.max(...pairs.map(({ view1, view2 }) => Math.max(view1, view2)))).toBeLessThan(viewCount);
      }),
    );
  });

  test("pairs a lone view with itself, once", () => {
    expect(makePairs(1, { kind: "complete" })).toEqual([{ view1: 0, view2: 0 }]);
    expect(makePairs(1, { kind: "window", size: 3, cyclic: true })).toEqual([{ view1: 0, view2: 0 }]);
  });

  test("does not repeat a listed pair that is listed both ways", () => {
    const pairs = [
      { view1: 0, view2: 2 },
      { view1: 2, view2: 0 },
      { view1: 1, view2: 2 },
    ];
    expect(keys(makePairs(3, { kind: "list", pairs }))).toEqual(["0-2", "2-0", "1-2", "2-1"]);
    expect(keys(makePairs(3, { kind: "list", pairs: [pairs[2]!] }, { symmetrize: false }))).toEqual(["1-2"]);
  });

  test.each<[string, number, PairGraph]>([
    ["no views", 0, { kind: "complete" }],
    ["window of 0", 4, { kind: "window", size: 0, cyclic: false }],
    ["logwindow of 1.5", 4, { kind: "logwindow", size: 1.5, cyclic: false }],
    ["star around view 4", 4, { kind: "star", center: 4 }],
    ["pair 0-4", 4, { kind: "list", pairs: [{ view1: 0, view2: 4 }] }],
    ["pair 1-1", 4, { kind: "list", pairs: [{ view1: 1, view2: 1 }] }],
    ["list of pairs is empty", 4, { kind: "list", pairs: [] }],
  ])("refuses %s", (problem, viewCount, kind) => {
    expect(() => makePairs(viewCount, kind)).toThrow(InputError);
    expect(() => makePairs(viewCount, kind)).toThrow(problem);
  });
});
