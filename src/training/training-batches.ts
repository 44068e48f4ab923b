import { type Random, randomInteger, seededRandom } from "../core/random.ts";
import { choosePair, type OverlapRange } from "../data/choose-pair.ts";
import { colorJitter } from "../data/color-jitter.ts";
import { cropView } from "../data/crop-view.ts";
import type { RgbdScene, RgbdView } from "../data/rgbd-view.ts";
import type { NetworkConfig } from "../network/config.ts";
import type { TensorValues } from "../runtime/device.ts";
import { completionBatch, patchedImage, shuffledPatches } from "./completion-batch.ts";
import { pairBatch, type TrainingView } from "./pair-batch.ts";
import type { SetConfig } from "./run-config.ts";
import { type SeriesSettings, shardSeries, trainingScene } from "./scene-series.ts";
import { movingScenes, type WindowSettings } from "./scene-window.ts";
import { setPairs } from "./set-pairs.ts";
import { trainingView } from "./training-view.ts";

/** What batches are made of. */
export interface BatchSettings extends SeriesSettings, WindowSettings {
  /** Unordered pairs per batch. */
  readonly pairs: number;
  readonly network: NetworkConfig;
  readonly overlap: OverlapRange;
  /** Strength of the colour jitter, 1 being twice the published one. */
  readonly jitter: number;
  /** A folder of shards to draw scenes from; procedural ones where left out. */
  readonly shards?: string | undefined;
  /** Shards only: a view may be up to this many pixels larger before it is cropped. */
  readonly spare?: number;
  /** Data sets to draw pairs from, instead of scenes. */
  readonly sets?: readonly SetConfig[] | undefined;
  /** Which of a run's batches are made here: every `count`-th, from number `index` on. All where left out. */
  readonly worker?: { readonly index: number; readonly count: number };
  /** Patches of view 1 to be painted, for batches of pre-training; pointmaps where left out. */
  readonly hidden?: number | undefined;
  /** Whether batches of pointmaps hold what the matching loss needs. */
  readonly matching?: boolean;
}

/** A run whose batches are all made in one place. */
const ONLY_WORKER = { index: 0, count: 1 };

/** Two views of one scene. */
export type ViewsOfPair = readonly [RgbdView, RgbdView];

/** A part of every batch whose pairs come from elsewhere than the others'. */
interface BatchPart {
  readonly draw: (batch: number, random: Random) => Promise<readonly ViewsOfPair[]>;
  /** Brings a view to the batch's resolution. */
  readonly fit: (view: RgbdView, random: Random) => RgbdView;
}

/**
 * Batches by number. Batch n is a function of the settings and n alone, whatever was asked for before: it draws from a
 * window of scenes that moves on with n.
 */
export function trainingBatches(
  run: BatchSettings,
  onNote?: (note: string) => void,
): (batch: number) => Promise<TensorValues> {
  const { index, count } = run.worker ?? ONLY_WORKER;
  const settings = { ...run, seed: run.seed * count + index };
  const parts = run.sets === undefined ? sceneParts(settings) : setParts(run, run.sets, onNote);
  const { jitter, network, hidden, matching = false } = settings;
  const strength = { brightness: jitter, contrast: jitter, saturation: jitter, hue: jitter / 5 };
  return async (batch) => {
    const random = seededRandom(`batch ${settings.seed}/${batch}`);
    const augment = (rgb: Float32Array) => colorJitter(rgb, strength, random);
    const views: (readonly [TrainingView, TrainingView])[] = [];
    for (const { draw, fit } of parts) {
      const prepare = (view: RgbdView) => trainingView(fit(view, random), augment);
      const drawn = await draw(batch, random);
      views.push(...drawn.map(([first, second]) => [prepare(first), prepare(second)] as const));
    }
    if (hidden === undefined) return pairBatch(views, network, { matching });
    const pairs = views.map(([first, second]) => {
      const view1 = patchedImage(first, network.patchSize);
      return { view1, view2: patchedImage(second, network.patchSize), order: shuffledPatches(view1.grid, random) };
    });
    return completionBatch(pairs, hidden);
  };
}

/** Pairs of views, each from a scene drawn at random. */
export function drawPairs(
  scenes: readonly RgbdScene[],
  { pairs, overlap }: Pick<BatchSettings, "pairs" | "overlap">,
  random: Random,
): readonly ViewsOfPair[] {
  return Array.from({ length: pairs }, () => {
    const scene = scenes[randomInteger(random, scenes.length)]!;
    const [i, j] = choosePair(scene.overlap, overlap, random);
    return [scene.views[i]!, scene.views[j]!] as const;
  });
}

/** How many pairs of a batch are upright, the last ones; undefined where a graph does not care. */
export function uprightPairs({
  network,
  pairs,
  portrait,
}: Pick<BatchSettings, "network" | "pairs" | "portrait">): number | undefined {
  return network.head.kind === "dpt" ? Math.round(pairs * portrait) : undefined;
}

function sceneParts(settings: BatchSettings): readonly BatchPart[] {
  const { pairs, width, height } = settings;
  const drawing = (part: BatchSettings, scenes: ReturnType<typeof movingScenes>): BatchPart["draw"] => {
    return async (batch, random) => drawPairs(await scenes(batch), part, random);
  };
  const upright = uprightPairs(settings);
  if (upright === undefined) {
    const scenes = movingScenes(settings, seriesOf(settings));
    return [{ draw: drawing(settings, scenes), fit: fitting(settings, "own") }];
  }
  const landscape = { pairs: pairs - upright, width, height, portrait: 0 };
  const portrait = { pairs: upright, width: height, height: width, portrait: 0 };
  return [landscape, portrait].flatMap((size, i) => {
    if (size.pairs === 0) return [];
    const part = { ...settings, ...size };
    const share = size.pairs / pairs;
    const scenes = Math.max(1, Math.round(settings.scenes * share));
    const series = seriesOf(part);
    // Every other scene of the series, so that none is seen both ways.
    const own = movingScenes({ scenes, fresh: settings.fresh * share }, (index) => series(2 * index + i));
    return [{ draw: drawing(part, own), fit: fitting(part, "given") }];
  });
}

/** All workers share one series of pairs, and each takes those of its own batches. */
function setParts(
  settings: BatchSettings,
  sets: readonly SetConfig[],
  onNote: ((note: string) => void) | undefined,
): readonly BatchPart[] {
  const { pairs, width, height, seed, worker = ONLY_WORKER } = settings;
  const upright = uprightPairs(settings);
  const orientation = upright === undefined ? "own" : "given";
  const sizes = [
    { width, height, first: 0, end: pairs - (upright ?? 0) },
    { width: height, height: width, first: pairs - (upright ?? 0), end: pairs },
  ];
  return sizes
    .filter(({ first, end }) => first < end)
    .map(({ first, end, ...size }): BatchPart => {
      const pairAt = setPairs({ ...size, sets, seed, orientation, onNote });
      return {
        draw(batch) {
          const start = pairs * (batch * worker.count + worker.index);
          return Promise.all(Array.from({ length: end - first }, (_, i) => pairAt(start + first + i)));
        },
        fit: (view) => view,
      };
    });
}

function seriesOf(settings: BatchSettings): (index: number) => Promise<RgbdScene> {
  const { shards, seed } = settings;
  return shards === undefined ? async (index) => trainingScene(settings, index) : shardSeries(shards, seed);
}

/** Procedural views have their size from the start. */
function fitting(settings: BatchSettings, orientation: "own" | "given"): BatchPart["fit"] {
  const { shards, spare = 0 } = settings;
  return shards === undefined
    ? (view) => view
    : (view, random) => cropView(view, settings, { spare, orientation, random });
}
