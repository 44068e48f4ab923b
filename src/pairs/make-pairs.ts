import { InputError } from "../core/errors.ts";
import type { ViewPair } from "../core/view.ts";

/** Which views are paired. */
export type PairGraph =
  /** Every view with every other: the best result, and a cost that grows with the square of their number. */
  | { readonly kind: "complete" }
  /** Each with the next `size` in order, for a video or a walk; `cyclic` joins the last to the first. */
  | { readonly kind: "window"; readonly size: number; readonly cyclic: boolean }
  /** Each with those 1, 2, 4 … 2^(size-1) further on. */
  | { readonly kind: "logwindow"; readonly size: number; readonly cyclic: boolean }
  /** One view with every other. */
  | { readonly kind: "star"; readonly center: number }
  /** Exactly these. */
  | { readonly kind: "list"; readonly pairs: readonly ViewPair[] };

type Window = Extract<PairGraph, { readonly cyclic: boolean }>;

/** How pairs are listed. */
export interface PairOptions {
  /** Follow the pairs with all of them the other way round (default): each view's own pointmap is then predicted too. */
  readonly symmetrize?: boolean;
}

/**
 * The ordered pairs of `viewCount` views, each once, never a view with itself unless it is the only one: a lone photo
 * is its own second view. Throws an `InputError` for a graph that these views do not have.
 */
export function makePairs(viewCount: number, graph: PairGraph, options: PairOptions = {}): ViewPair[] {
  checkGraph(viewCount, graph);
  if (viewCount === 1) return [{ view1: 0, view2: 0 }];
  const pairs = edges(viewCount, graph);
  const { symmetrize = true } = options;
  return withoutRepeats(symmetrize ? [...pairs, ...pairs.map(swapped)] : pairs);
}

function edges(viewCount: number, graph: PairGraph): ViewPair[] {
  switch (graph.kind) {
    case "complete":
      return indices(viewCount).flatMap((view1) => indices(view1).map((view2) => ({ view1, view2 })));
    case "window":
    case "logwindow":
      return ahead(viewCount, graph);
    case "star":
      return indices(viewCount)
        .filter((view2) => view2 !== graph.center)
        .map((view2) => ({ view1: graph.center, view2 }));
    case "list":
      return [...graph.pairs];
  }
}

/** Each view with those ahead of it in the window, lower index first. */
function ahead(viewCount: number, { kind, size, cyclic }: Window): ViewPair[] {
  // Beyond that many, steps repeat (and 2^1024 is no number).
  const steps = indices(Math.min(size, viewCount, 1023)).map((i) => (kind === "window" ? i + 1 : 2 ** i));
  const reach = cyclic ? Number.POSITIVE_INFINITY : viewCount;
  const pairs = indices(viewCount).flatMap((view) =>
    steps.filter((step) => view + step < reach).map((step) => ({ view1: view, view2: (view + step) % viewCount })),
  );
  const distinct = pairs.filter(({ view1, view2 }) => view1 !== view2);
  return withoutRepeats(distinct.map((pair) => (pair.view1 < pair.view2 ? pair : swapped(pair))));
}

function checkGraph(viewCount: number, graph: PairGraph): void {
  const known = (view: number) => Number.isInteger(view) && view >= 0 && view < viewCount;
  const range = `views are counted from 0 to ${viewCount - 1}`;
  if (viewCount < 1) throw new InputError("no views to pair");
  if ((graph.kind === "window" || graph.kind === "logwindow") && !(Number.isInteger(graph.size) && graph.size > 0)) {
    throw new InputError(`a ${graph.kind} of ${graph.size}: a positive integer is expected`);
  }
  if (graph.kind === "star" && !known(graph.center)) {
    throw new InputError(`a star around view ${graph.center}: ${range}`);
  }
  if (graph.kind === "list") {
    for (const { view1, view2 } of graph.pairs) {
      if (!known(view1) || !known(view2)) throw new InputError(`pair ${view1}-${view2}: ${range}`);
      if (view1 === view2 && viewCount > 1) throw new InputError(`pair ${view1}-${view2}: a view with itself`);
    }
    if (graph.pairs.length === 0) throw new InputError("the list of pairs is empty");
  }
}

function withoutRepeats(pairs: readonly ViewPair[]): ViewPair[] {
  return [...new Map(pairs.map((pair) => [`${pair.view1}-${pair.view2}`, pair])).values()];
}

function swapped({ view1, view2 }: ViewPair): ViewPair {
  return { view1: view2, view2: view1 };
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
