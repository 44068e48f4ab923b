import { type Random, randomInteger, seededRandom } from "../../core/random.ts";
import type { Size } from "../../core/view.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { choosePair, type OverlapRange } from "../../pairs/choose-pair.ts";
import type { SceneryFolders } from "../../procedural/assets/scenery.ts";
import { cropView } from "../../rgbd/crop-view.ts";
import type { RgbdScene, RgbdView } from "../../rgbd/rgbd-view.ts";
import type { TensorValues } from "../../runtime/device.ts";
import type { SetConfig } from "../config/run-config.ts";
import { batchHeight } from "./batch-height.ts";
import { colorJitter } from "./color-jitter.ts";
import { completionBatch, hiddenPatches, patchedImage, shuffledPatches } from "./completion-batch.ts";
import { pairBatch } from "./pair-batch.ts";
import { correspondenceBatch } from "./patch-correspondence.ts";
import { furnishedSeries, type SeriesSettings } from "./procedural-series.ts";
import { photoSeries, shardSeries } from "./scene-series.ts";
import { movingScenes, type WindowSettings } from "./scene-window.ts";
import { setPairs } from "./set-pairs.ts";
import { trainingView } from "./training-view.ts";

/** What batches are made of. */
export interface BatchSettings extends SeriesSettings, SceneryFolders, WindowSettings {
  /** Unordered pairs per batch. */
  readonly pairs: number;
  readonly network: NetworkConfig;
  readonly overlap: OverlapRange;
  /** Strength of the color jitter, 1 being twice the published one. */
  readonly jitter: number;
  /** A folder of shards to draw scenes from; procedural ones where left out. */
  readonly shards?: string | undefined;
  /** A folder of photos with a `scene.json`, the scene to draw from. */
  readonly photos?: string | undefined;
  /** Shards and photos only: a view may be up to this many pixels larger before it is cropped. */
  readonly spare?: number;
  /** Data sets to draw pairs from, instead of scenes. */
  readonly sets?: readonly SetConfig[] | undefined;
  /** Which of a run's batches are made here: every `count`-th, from number `index` on. All where left out. */
  readonly worker?: { readonly index: number; readonly count: number };
  /** Masking ratio of view 1's patches, for batches of pre-training; pointmaps where left out. */
  readonly masked?: number;
  /** Whether batches of pointmaps hold the `shares` that the matching losses need. */
  readonly matching?: boolean;
}

/** A run whose batches are all made in one place. */
const ONLY_WORKER = { index: 0, count: 1 };

/** Two views of one scene. */
export type ViewsOfPair = readonly [RgbdView, RgbdView];

/** What tells a batch from the others of its run. */
interface BatchIdentity {
  /** Counted among those that are made here. */
  readonly number: number;
  /** Of its landscape views. */
  readonly height: number;
  readonly random: Random;
}

/** A part of every batch whose pairs come from elsewhere than the others'. */
interface BatchPart {
  readonly draw: (batch: BatchIdentity) => Promise<readonly ViewsOfPair[]>;
  /** Brings a view to the batch's resolution. */
  readonly fit: (view: RgbdView, batch: BatchIdentity) => RgbdView;
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
  const { jitter, network, masked, matching = false } = settings;
  const strength = { brightness: jitter, contrast: jitter, saturation: jitter, hue: jitter / 5 };
  return async (number) => {
    const random = seededRandom(`batch ${settings.seed}/${number}`);
    const batch = { number, height: batchHeight(run, number * count + index), random };
    const augment = (rgb: Float32Array) => colorJitter(rgb, strength, random);
    const drawn: ViewsOfPair[] = [];
    for (const { draw, fit } of parts) {
      drawn.push(...(await draw(batch)).map(([first, second]) => [fit(first, batch), fit(second, batch)] as const));
    }
    const views = drawn.map(
      ([first, second]) => [trainingView(first, augment), trainingView(second, augment)] as const,
    );
    if (masked === undefined) {
      const shares = matching ? correspondenceBatch(drawn, network.patchSize) : {};
      return { ...pairBatch(views, network), ...shares };
    }
    const pairs = views.map(([first, second]) => {
      const view1 = patchedImage(first, network.patchSize);
      return { view1, view2: patchedImage(second, network.patchSize), order: shuffledPatches(view1.grid, random) };
    });
    return completionBatch(pairs, hiddenPatches(pairs[0]!.view1.grid, masked));
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

/** How a part's views stand: each as it was taken, or all of them alike. */
type Orientation = "own" | "landscape" | "portrait";

/** @param height of landscape views */
function viewSize({ width }: Pick<Size, "width">, height: number, orientation: Orientation): Size {
  return orientation === "portrait" ? { width: height, height: width } : { width, height };
}

function sceneParts(settings: BatchSettings): readonly BatchPart[] {
  const { pairs, height } = settings;
  const drawing = (part: BatchSettings, scenes: ReturnType<typeof movingScenes>): BatchPart["draw"] => {
    return async ({ number, height, random }) => {
      return drawPairs(ofClosestShape(await scenes(number), viewSize(part, height, "own")), part, random);
    };
  };
  const upright = uprightPairs(settings);
  if (upright === undefined) {
    const scenes = movingScenes(settings, seriesOf(settings, settings));
    return [{ draw: drawing(settings, scenes), fit: fitting(settings, "own") }];
  }
  const landscape = { own: pairs - upright, orientation: "landscape" } as const;
  const portrait = { own: upright, orientation: "portrait" } as const;
  return [landscape, portrait].flatMap(({ own, orientation }, i) => {
    if (own === 0) return [];
    const part = { ...settings, pairs: own, portrait: i };
    const share = own / pairs;
    const scenes = Math.max(1, Math.round(settings.scenes * share));
    const series = seriesOf(part, viewSize(settings, height, orientation));
    // Every other scene of the series, so that none is seen both ways.
    const window = movingScenes({ scenes, fresh: settings.fresh * share }, (index) => series(2 * index + i));
    return [{ draw: drawing(part, window), fit: fitting(settings, orientation) }];
  });
}

/** All workers share one series of pairs, and each takes those of its own batches. */
function setParts(
  settings: BatchSettings,
  sets: readonly SetConfig[],
  onNote: ((note: string) => void) | undefined,
): readonly BatchPart[] {
  const { pairs, seed, width, height, worker = ONLY_WORKER } = settings;
  const upright = uprightPairs(settings);
  const pairAt = setPairs({ width, height, sets, seed, orientation: upright === undefined ? "own" : "given", onNote });
  const landscape = pairs - (upright ?? 0);
  return [
    {
      draw(batch) {
        const start = pairs * (batch.number * worker.count + worker.index);
        const sizeOf = (i: number) => viewSize(settings, batch.height, i < landscape ? "landscape" : "portrait");
        return Promise.all(Array.from({ length: pairs }, (_, i) => pairAt(start + i, sizeOf(i))));
      },
      fit: (view) => view,
    },
  ];
}

/** @param size that photos of a folder have at least */
function seriesOf(settings: BatchSettings, size: Size): (index: number) => Promise<RgbdScene> {
  const { shards, photos, seed, spare = 0 } = settings;
  if (shards !== undefined) return shardSeries(shards, seed);
  if (photos !== undefined) return photoSeries(photos, { ...size, spare });
  return furnishedSeries(settings, settings);
}

/** The scenes whose photos lose least when they are cut to a shape: where shapes differ, those that have it. */
function ofClosestShape(scenes: readonly RgbdScene[], size: Size): readonly RgbdScene[] {
  const elongation = ({ width, height }: Size) => Math.abs(Math.log(width / height));
  const distances = scenes.map(({ views }) => Math.abs(elongation(views[0]!) - elongation(size)));
  const least = Math.min(...distances);
  return scenes.filter((_, i) => distances[i]! <= least + 1e-9);
}

/** Procedural views of the batch's shape stay as they are; all others are cropped to it. */
function fitting(settings: BatchSettings, orientation: Orientation): BatchPart["fit"] {
  const { shards, photos, spare = 0 } = settings;
  const drawn = shards === undefined && photos === undefined;
  const crop = {
    orientation: orientation === "own" ? "own" : "given",
    spare: drawn ? 0 : spare,
  } as const;
  return (view, { height, random }) => {
    if (drawn && Math.min(view.width, view.height) === height) return view;
    return cropView(view, viewSize(settings, height, orientation), { ...crop, random });
  };
}
