import { InputError } from "../core/errors.ts";
import { type Random, seededRandom } from "../core/random.ts";
import type { Size } from "../core/view.ts";
import { overlapMatrix } from "../rgbd/overlap.ts";
import type { RgbdScene } from "../rgbd/rgbd-view.ts";
import { dress } from "./assets/dress.ts";
import type { Scenery } from "./assets/scenery.ts";
import { pick, uniform } from "./choice.ts";
import { jpegArtifacts } from "./jpeg-artifacts.ts";
import { courtLayout, landscapeLayout } from "./outdoor-layouts.ts";
import { CLEAN_PHOTO, photograph, randomPhotoSettings } from "./photograph.ts";
import { placeCameras } from "./photographer.ts";
import {
  bathroomLayout,
  bedroomLayout,
  corridorLayout,
  kitchenLayout,
  livingRoomLayout,
  studyLayout,
} from "./photos/interior-layouts.ts";
import { objectLayout } from "./photos/object-layout.ts";
import { type PhotoSession, photoSession } from "./photos/photo-session.ts";
import { squareLayout, streetLayout } from "./photos/town-layouts.ts";
import { renderView } from "./render.ts";
import { roomLayout } from "./room-layout.ts";
import type { SceneCollection } from "./scene-collection.ts";
import type { LayoutOptions, SceneLayout } from "./scene-layout.ts";
import { compileScene, sceneAt } from "./scene-model.ts";
import { createShader, type ShadingOptions } from "./shade.ts";
import { floatingLayout, stillLifeLayout } from "./still-life-layouts.ts";

/** How scenes are generated; see `SCENE_DEFAULTS`. */
export interface GenerateSceneOptions extends Size, ShadingOptions {
  /** Views per scene. */
  readonly views: number;
  /** Tessellation of curved things: 1 suits pictures up to about 200 pixels wide. */
  readonly detail: number;
  /** Which collection of kinds: `figures`, or `photos`, places and cameras as people photograph them. */
  readonly collection: SceneCollection;
  /** False for a good camera on a good day, true for the spread of a casual photographer's collection. */
  readonly casual: boolean;
}

/** Small views for training. */
export const SCENE_DEFAULTS: GenerateSceneOptions = {
  width: 96,
  height: 72,
  views: 8,
  detail: 1,
  textureSize: 128,
  shadowSize: 96,
  collection: "figures",
  casual: true,
};

/** The sorts of scene there are. */
export type SceneKind =
  | "room"
  | "court"
  | "landscape"
  | "still life"
  | "floating"
  | "bathroom"
  | "kitchen"
  | "corridor"
  | "study"
  | "bedroom"
  | "living room"
  | "object"
  | "street"
  | "square";

/** Views of one procedural scene, in meters; the sky has no depth. */
export interface GeneratedScene extends RgbdScene {
  readonly kind: SceneKind;
}

interface LayoutKind {
  readonly kind: SceneKind;
  /** How many of a hundred scenes are of this kind. */
  readonly percent: number;
  readonly design: (random: Random, options: LayoutOptions) => SceneLayout;
}

const FIGURES: readonly LayoutKind[] = [
  { kind: "room", percent: 34, design: roomLayout },
  { kind: "court", percent: 22, design: courtLayout },
  { kind: "landscape", percent: 14, design: landscapeLayout },
  { kind: "still life", percent: 18, design: stillLifeLayout },
  { kind: "floating", percent: 12, design: floatingLayout },
];

/** A quarter of these are figures still, where nothing can be guessed. */
const PHOTOS: readonly LayoutKind[] = [
  { kind: "bathroom", percent: 8, design: bathroomLayout },
  { kind: "kitchen", percent: 9, design: kitchenLayout },
  { kind: "corridor", percent: 5, design: corridorLayout },
  { kind: "study", percent: 10, design: studyLayout },
  { kind: "bedroom", percent: 6, design: bedroomLayout },
  { kind: "living room", percent: 8, design: livingRoomLayout },
  { kind: "object", percent: 12, design: objectLayout },
  { kind: "street", percent: 8, design: streetLayout },
  { kind: "square", percent: 9, design: squareLayout },
  { kind: "room", percent: 9, design: roomLayout },
  { kind: "court", percent: 5, design: courtLayout },
  { kind: "landscape", percent: 4, design: landscapeLayout },
  { kind: "still life", percent: 5, design: stillLifeLayout },
  { kind: "floating", percent: 2, design: floatingLayout },
];

const lots = (kinds: readonly LayoutKind[]): readonly LayoutKind[] =>
  kinds.flatMap((kind) => Array.from({ length: kind.percent }, () => kind));

const LOTS: Readonly<Record<SceneCollection, readonly LayoutKind[]>> = { figures: lots(FIGURES), photos: lots(PHOTOS) };

const NO_SCENERY: Scenery = { models: [], pictures: [] };

/** Designs that are tried before the options must be at fault. */
const ATTEMPTS = 60;

/**
 * Scene number `index` of the series `seed`: a pure function of its arguments, on whatever worker it runs. Throws an
 * `InputError` when the options ask for the impossible.
 * @param scenery what scenes of the collection `photos` are made of besides
 */
export function generateScene(
  seed: number,
  index: number,
  options: Partial<GenerateSceneOptions> = {},
  scenery: Scenery = NO_SCENERY,
): GeneratedScene {
  const resolved = checkOptions({ ...SCENE_DEFAULTS, ...options });
  // The kind is kept over all attempts, lest those that are hard to photograph become rare.
  const chosen = pick(seededRandom(`kind ${seed}/${index}`), LOTS[resolved.collection]);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const random = seededRandom(`scene ${seed}/${index}/${attempt}`);
    const scene = attemptScene(chosen, random, resolved, scenery);
    if (scene !== undefined) return scene;
  }
  throw new InputError(`${ATTEMPTS} scenes had no room for ${resolved.views} cameras; ask for fewer views`);
}

/** The options, checked for what would break the renderer. */
export function checkOptions(options: GenerateSceneOptions): GenerateSceneOptions {
  const { width, height, views, textureSize, shadowSize, detail } = options;
  for (const [name, value] of Object.entries({ width, height, views, textureSize, shadowSize })) {
    if (!(Number.isInteger(value) && value > 0))
      throw new InputError(`${name}: a whole number above 0 was expected, found ${value}`);
  }
  if (Math.log2(textureSize) % 1 !== 0)
    throw new InputError(`textureSize: a power of two was expected, found ${textureSize}`);
  if (!(detail > 0)) throw new InputError(`detail: a number above 0 was expected, found ${detail}`);
  return options;
}

function attemptScene(
  { kind, design }: LayoutKind,
  random: Random,
  options: GenerateSceneOptions,
  { models, pictures }: Scenery,
): GeneratedScene | undefined {
  const designed = design(random, { ...options, models });
  const layout = pictures.length > 0 ? { ...designed, objects: dress(designed.objects, pictures, random) } : designed;
  const model = compileScene(layout, random);
  const cameras = placeCameras(layout, model, random, { count: options.views, size: options });
  if (cameras.length < options.views) return undefined;
  const shader = createShader(model, options);
  const develop =
    options.collection === "photos" && options.casual ? photoSession(random) : figureSession(random, options);
  const views = cameras.map((camera, photo) => {
    const rendered = renderView(sceneAt(model, photo), shader, camera);
    return { ...camera, rgb: develop(rendered, camera), depth: rendered.depth };
  });
  const stride = Math.max(1, Math.round(options.width / 32));
  return { kind, views, overlap: overlapMatrix(views, stride) };
}

/** Every photo for itself: as a casual photographer's collection has them, or all of a good camera. */
function figureSession(random: Random, { casual }: Pick<GenerateSceneOptions, "casual">): PhotoSession {
  return ({ radiance }, size) => {
    const rgb = photograph(radiance, size, casual ? randomPhotoSettings(random) : CLEAN_PHOTO, random);
    if (casual && random() < 0.3) jpegArtifacts(rgb, size, uniform(random, 30, 92));
    return rgb;
  };
}
