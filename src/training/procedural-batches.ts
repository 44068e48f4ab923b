import { randomInteger, seededRandom } from "../core/random.ts";
import { choosePair, type OverlapRange } from "../data/choose-pair.ts";
import { colorJitter } from "../data/color-jitter.ts";
import { type GeneratedScene, type GeneratedView, generateScene } from "../data/procedural/generate-scene.ts";
import { unprojectDepth } from "../geometry/camera.ts";
import { transformPoints } from "../geometry/pose.ts";
import type { NetworkConfig } from "../network/config.ts";
import type { TensorValues } from "../runtime/device.ts";
import { pairBatch, type TrainingView } from "./pair-batch.ts";

/** What batches are made of. */
export interface BatchSettings {
  readonly seed: number;
  /** Unordered pairs per batch. */
  readonly pairs: number;
  readonly width: number;
  readonly height: number;
  readonly network: NetworkConfig;
  readonly overlap: OverlapRange;
  /** Views per scene. */
  readonly views: number;
  /** Scenes that a batch draws from. */
  readonly scenes: number;
  /** Scenes replaced from one batch to the next. */
  readonly fresh: number;
  /** Share of scenes photographed upright. */
  readonly portrait: number;
  /** Strength of the colour jitter, 1 being twice the published one. */
  readonly jitter: number;
}

/** Two views of one scene. */
export type ViewsOfPair = readonly [GeneratedView, GeneratedView];

/**
 * Batches by number. Batch n is a function of the settings and n alone, whatever was asked for before: it draws from a
 * window of scenes that moves on with n. Scenes inside the window are kept.
 */
export function proceduralBatches(settings: BatchSettings): (batch: number) => TensorValues {
  const sceneWindow = movingScenes(settings);
  const { jitter } = settings;
  const strength = { brightness: jitter, contrast: jitter, saturation: jitter, hue: jitter / 5 };
  return (batch) => {
    const random = seededRandom(`batch ${settings.seed}/${batch}`);
    const pairs = drawPairs(sceneWindow(batch), settings, random);
    const augment = (rgb: Float32Array) => colorJitter(rgb, strength, random);
    return pairBatch(
      pairs.map(([first, second]) => [trainingView(first, augment), trainingView(second, augment)]),
      settings.network,
    );
  };
}

/** Pairs of views, each from a scene drawn at random. */
export function drawPairs(
  scenes: readonly GeneratedScene[],
  { pairs, overlap }: Pick<BatchSettings, "pairs" | "overlap">,
  random: () => number,
): readonly ViewsOfPair[] {
  return Array.from({ length: pairs }, () => {
    const scene = scenes[randomInteger(random, scenes.length)]!;
    const [i, j] = choosePair(scene.overlap, overlap, random);
    return [scene.views[i]!, scene.views[j]!] as const;
  });
}

/** A generated view as the network and the loss see it; `augment` may change the colours, `[pixels, 3]` in 0..1. */
export function trainingView(view: GeneratedView, augment: (rgb: Float32Array) => void = () => {}): TrainingView {
  const { width, height, depth, intrinsics, worldFromCam } = view;
  const rgb = Float32Array.from(view.rgb, (value) => value / 255);
  augment(rgb);
  const size = width * height;
  const image = Float32Array.from({ length: 3 * size }, (_, i) => 2 * rgb[3 * (i % size) + Math.floor(i / size)]! - 1);
  return {
    width,
    height,
    image,
    points: transformPoints(worldFromCam, unprojectDepth(depth, view, intrinsics)),
    valid: Uint8Array.from(depth, (z) => (z > 0 ? 1 : 0)),
    worldFromCam,
  };
}

function movingScenes(settings: BatchSettings): (batch: number) => readonly GeneratedScene[] {
  const kept = new Map<number, GeneratedScene>();
  return (batch) => {
    const first = Math.floor(batch * settings.fresh);
    for (const index of kept.keys()) {
      if (index < first || index >= first + settings.scenes) kept.delete(index);
    }
    return Array.from({ length: settings.scenes }, (_, i) => {
      const index = first + i;
      const scene = kept.get(index) ?? trainingScene(settings, index);
      kept.set(index, scene);
      return scene;
    });
  };
}

/** Scene number `index`, photographed upright or not by its number alone. */
export function trainingScene(
  { seed, width, height, views, portrait }: Pick<BatchSettings, "seed" | "width" | "height" | "views" | "portrait">,
  index: number,
): GeneratedScene {
  const upright = seededRandom(`orientation ${seed}/${index}`)() < portrait;
  const size = upright ? { width: height, height: width } : { width, height };
  return generateScene(seed, index, { ...size, views });
}
