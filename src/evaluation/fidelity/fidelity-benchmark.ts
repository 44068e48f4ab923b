import type { View } from "../../core/view.ts";
import { loadViews } from "../../images/load-views.ts";
import { planView } from "../../images/plan-view.ts";
import type { Benchmark, EvalItem } from "../benchmark.ts";
import { EVALUATION_SEED, proceduralPairs, viewOfPhoto } from "../procedural/procedural-pairs.ts";
import { comparePrecisions, type FidelityMetrics, type Precisions } from "./compare-precisions.ts";
import { summarizeFidelity } from "./summary.ts";

/** The same network in float32 and in another precision. */
export const FIDELITY_BENCHMARK: Benchmark<FidelityMetrics> = {
  name: "fidelity",
  title: "Fidelity to float32",
  protocol: [
    "Both ordered pairs of two photos, predicted in float32 and in the precision of the run; there is no other truth. Photos are of procedural scenes, at the size the network takes 4:3 photos, and, where given, neighbors by name in folders.",
    "points: distance of a point from its place in float32, relative to its distance from camera 1. confidence: relative difference. Median and 99th percentile are of all pixels of a pair; the table has their medians over pairs, and those of the worst pair.",
    "rotation, direction: angles between the relative poses that `dust3r pose --refine none` finds in both, of pairs that fix them in float32 (see doubtful); lost: float32 finds one and the other does not. focal: relative difference, the larger of the two photos'.",
    "doubtful: pairs without a pose in float32, or with one that less than 30 % of the pixels agree with; where another precision finds another one, the pair is ambiguous. Where the cameras are nearer to each other than 0.5 % of the median depth, the direction is left out as well.",
  ],
  summarize: summarizeFidelity,
};

/** Pairs of a procedural scene. */
const PAIRS_PER_SCENE = 4;

/** What is compared. */
export interface FidelityOptions {
  /** Photos whose neighbors by name within a folder are pairs, besides the procedural ones. */
  readonly photos: readonly string[];
  /** Procedural pairs, and at most so many of photos. */
  readonly pairs: number;
}

/** The pairs to compare. */
export function fidelityItems(
  precisions: Precisions,
  { photos, pairs }: FidelityOptions,
): readonly EvalItem<FidelityMetrics>[] {
  const { plan, signal } = precisions.tested;
  const { width, height } = planView({ width: 4000, height: 3000 }, plan);
  const draw = proceduralPairs({ seed: EVALUATION_SEED, pairsPerScene: PAIRS_PER_SCENE, width, height });
  const procedural = Array.from({ length: pairs }, (_, k): EvalItem<FidelityMetrics> => {
    const id = `procedural pair ${k}`;
    return {
      id,
      evaluate() {
        const [first, second] = draw(k).views.map((view, i) => viewOfPhoto(view, `${id}-${i}`));
        return comparePrecisions(precisions, [first!, second!], "procedural");
      },
    };
  });
  const photographed = evenly(neighbors(photos), pairs).map(
    ([first, second]): EvalItem<FidelityMetrics> => ({
      id: `${first} – ${second}`,
      async evaluate() {
        const views = (await loadViews([first, second], { ...plan, signal })) as readonly View[];
        return comparePrecisions(precisions, [views[0]!, views[1]!], "photos");
      },
    }),
  );
  return [...procedural, ...photographed];
}

/** Photos and those that follow them by name in the same folder. */
function neighbors(photos: readonly string[]): readonly (readonly [string, string])[] {
  const folderOf = (path: string) => path.replace(/[^\\/]*$/, "");
  const sorted = [...photos].sort();
  return sorted.flatMap((photo, i) => {
    const next = sorted[i + 1];
    return next !== undefined && folderOf(next) === folderOf(photo) ? [[photo, next] as const] : [];
  });
}

/** At most `count` of the items, evenly spaced. */
function evenly<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
