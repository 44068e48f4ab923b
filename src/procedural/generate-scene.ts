import { InputError } from "../core/errors.ts";
import { type Random, seededRandom } from "../core/random.ts";
import type { Size } from "../core/view.ts";
import { overlapMatrix } from "../rgbd/overlap.ts";
import type { RgbdScene } from "../rgbd/rgbd-view.ts";
import { pick, uniform } from "./choice.ts";
import { jpegArtifacts } from "./jpeg-artifacts.ts";
import { courtLayout, landscapeLayout } from "./outdoor-layouts.ts";
import { CLEAN_PHOTO, photograph, randomPhotoSettings } from "./photograph.ts";
import { placeCameras } from "./photographer.ts";
import { renderView } from "./render.ts";
import { roomLayout } from "./room-layout.ts";
import type { LayoutOptions, SceneLayout } from "./scene-layout.ts";
import { compileScene } from "./scene-model.ts";
import { createShader, type ShadingOptions } from "./shade.ts";
import { floatingLayout, stillLifeLayout } from "./still-life-layouts.ts";

/** How scenes are generated; see `SCENE_DEFAULTS`. */
export interface GenerateSceneOptions extends Size, ShadingOptions {
  /** Views per scene. */
  readonly views: number;
  /** Tessellation of curved things: 1 suits pictures up to about 200 pixels wide. */
  readonly detail: number;
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
  casual: true,
};

/** The sorts of scene there are. */
export type SceneKind = "room" | "court" | "landscape" | "still life" | "floating";

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

const LAYOUTS: readonly LayoutKind[] = [
  { kind: "room", percent: 34, design: roomLayout },
  { kind: "court", percent: 22, design: courtLayout },
  { kind: "landscape", percent: 14, design: landscapeLayout },
  { kind: "still life", percent: 18, design: stillLifeLayout },
  { kind: "floating", percent: 12, design: floatingLayout },
];

const LOTS: readonly LayoutKind[] = LAYOUTS.flatMap((kind) => Array.from({ length: kind.percent }, () => kind));

/** Designs that are tried before the options must be at fault. */
const ATTEMPTS = 60;

/**
 * Scene number `index` of the series `seed`: a pure function of its arguments, on whatever worker it runs. Throws an
 * `InputError` when the options ask for the impossible.
 */
export function generateScene(
  seed: number,
  index: number,
  options: Partial<GenerateSceneOptions> = {},
): GeneratedScene {
  const resolved = checkOptions({ ...SCENE_DEFAULTS, ...options });
  // The kind is kept over all attempts, so that those that are hard to photograph are not underrepresented.
  const chosen = pick(seededRandom(`kind ${seed}/${index}`), LOTS);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const random = seededRandom(`scene ${seed}/${index}/${attempt}`);
    const scene = attemptScene(chosen, random, resolved);
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
): GeneratedScene | undefined {
  const layout = design(random, options);
  const model = compileScene(layout, random);
  const cameras = placeCameras(layout, model, random, { count: options.views, size: options });
  if (cameras.length < options.views) return undefined;
  const shader = createShader(model, options);
  const views = cameras.map((camera) => {
    const { radiance, depth } = renderView(model, shader, camera);
    const settings = options.casual ? randomPhotoSettings(random) : CLEAN_PHOTO;
    const rgb = photograph(radiance, camera, settings, random);
    if (options.casual && random() < 0.3) jpegArtifacts(rgb, camera, uniform(random, 30, 92));
    return { ...camera, rgb, depth };
  });
  const stride = Math.max(1, Math.round(options.width / 32));
  return { kind, views, overlap: overlapMatrix(views, stride) };
}
