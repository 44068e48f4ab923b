import { InputError } from "../../core/errors.ts";
import { randomInteger, seededRandom } from "../../core/random.ts";
import type { Size } from "../../core/view.ts";
import { openPhotoScene } from "../../datasets/photo-scene.ts";
import { openShards, type ShardScenes } from "../../datasets/shard-scenes.ts";
import { openScenery, type Scenery, type SceneryFolders } from "../../procedural/assets/scenery.ts";
import { type GeneratedScene, generateScene, SCENE_DEFAULTS } from "../../procedural/generate-scene.ts";
import type { SceneCollection } from "../../procedural/scene-collection.ts";
import { type SeriesShapes, sceneSize } from "../../procedural/scene-size.ts";
import type { RgbdScene } from "../../rgbd/rgbd-view.ts";

/** An endless series of procedural scenes. */
export interface SeriesSettings extends SeriesShapes {
  readonly seed: number;
  /** What the scenes are like; `figures` where left out. */
  readonly collection?: SceneCollection;
  /** Share of scenes of `figures` in a series of `photos`; 0 where left out. */
  readonly figures?: number;
  /** Views per scene. */
  readonly views: number;
}

/** Scene number `index`, its photos of one of the series' shapes, upright or not, by its number alone. */
export function trainingScene(settings: SeriesSettings, index: number, scenery?: Scenery): GeneratedScene {
  const { seed, views, figures = 0 } = settings;
  const isFigures = figures > 0 && seededRandom(`collection ${seed}/${index}`)() < figures;
  const collection = isFigures ? "figures" : (settings.collection ?? "figures");
  const options = { ...sceneSize(seed, index, settings), views, collection };
  return generateScene(seed, index, options, isFigures ? undefined : scenery);
}

/** The scenes of `trainingScene`, furnished and painted from these folders too. */
export function furnishedSeries(
  settings: SeriesSettings,
  folders: SceneryFolders,
): (index: number) => Promise<GeneratedScene> {
  let opened: Promise<Scenery> | undefined;
  return async (index) => {
    opened ??= openScenery(folders, SCENE_DEFAULTS.textureSize);
    return trainingScene(settings, index, await opened);
  };
}

/** The scenes of a folder of shards over and over, each time in another order; those with too little depth are skipped. */
export function shardSeries(folder: string, seed: number): (index: number) => Promise<RgbdScene> {
  let opened: Promise<ShardScenes> | undefined;
  let order: { readonly epoch: number; readonly scenes: Int32Array } | undefined;
  return async (index) => {
    opened ??= openShards(folder);
    const { count, scene } = await opened;
    const epoch = Math.floor(index / count);
    if (order?.epoch !== epoch) order = { epoch, scenes: shuffled(count, `shards ${seed}/${epoch}`) };
    for (let skipped = 0; skipped < count; skipped++) {
      const found = await scene(order.scenes[(index + skipped) % count]!);
      if (found !== undefined) return found;
    }
    throw new InputError(`${folder}: no scene has two views with depth`);
  };
}

/** The same scene of photos over and over: its training pairs, at least as large as a batch with spare pixels needs. */
export function photoSeries(
  folder: string,
  { width, height, spare = 0 }: Size & { readonly spare?: number },
): () => Promise<RgbdScene> {
  let opened: Promise<RgbdScene> | undefined;
  return () => (opened ??= openPhotoScene(folder, "train", { width: width + spare, height: height + spare }));
}

function shuffled(count: number, seed: string): Int32Array {
  const random = seededRandom(seed);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = randomInteger(random, i + 1);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}
