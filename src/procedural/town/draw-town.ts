import { seededRandom } from "../../core/random.ts";
import type { Size } from "../../core/view.ts";
import type { RgbdView } from "../../rgbd/rgbd-view.ts";
import { CLEAN_PHOTO, photograph } from "../photograph.ts";
import { renderView } from "../render.ts";
import { compileScene } from "../scene-model.ts";
import { createShader } from "../shade.ts";
import { townLayout } from "./town-layout.ts";
import { townWalk } from "./town-route.ts";

/** What of a town is drawn. */
export interface TownOptions extends Size {
  /** Photos along the walk; more of them go on where fewer end, around more blocks. */
  readonly views: number;
  readonly seed: number;
}

/** Focal length over the long side of a photo. */
const FOCAL = 0.8;

/**
 * Photos of a town along a walk of about a meter between two, with depth and cameras in meters, one after another: streets
 * around blocks of houses, courts, loops that close, and one house that every block has. A pure function of its options.
 */
export function* drawTown({ views, seed, width, height }: TownOptions): Generator<RgbdView> {
  const { poses, blocks } = townWalk(seededRandom(`walk ${seed}`), views);
  const description = townLayout(seed, blocks);
  // Textures begin at the same place of every object, so that equal houses look the same.
  const model = compileScene(description, () => 0.5);
  const shader = createShader(model, { textureSize: 256, shadowSize: 512 });
  const grain = seededRandom(`grain ${seed}`);
  const focal = FOCAL * Math.max(width, height);
  const intrinsics = { fx: focal, fy: focal, cx: (width - 1) / 2, cy: (height - 1) / 2 };
  for (const worldFromCam of poses) {
    const camera = { width, height, intrinsics, worldFromCam };
    const { radiance, depth } = renderView(model, shader, camera);
    yield { ...camera, rgb: photograph(radiance, { width, height }, CLEAN_PHOTO, grain), depth };
  }
}
