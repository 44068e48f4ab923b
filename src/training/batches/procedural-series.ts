import { seededRandom } from "../../core/random.ts";
import { openScenery, type Scenery, type SceneryFolders } from "../../procedural/assets/scenery.ts";
import { type GeneratedScene, generateScene, SCENE_DEFAULTS } from "../../procedural/generate-scene.ts";
import type { SceneCollection } from "../../procedural/scene-collection.ts";
import { type SeriesShapes, sceneSize } from "../../procedural/scene-size.ts";

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
