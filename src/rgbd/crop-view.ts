import { type Random, randomInteger } from "../core/random.ts";
import type { Size } from "../core/view.ts";
import { roundHalfEven } from "../images/plan-view.ts";
import { resample } from "../images/resample.ts";
import { centeredView } from "./centered-view.ts";
import { nearestDepth } from "./resize-view.ts";
import type { RgbdView } from "./rgbd-view.ts";

/** How a view is cropped. */
export interface CropOptions {
  /** Before the last crop, both sides have up to this many pixels more, drawn at random. */
  readonly spare?: number;
  /**
   * By default the resolution is turned upright for portrait photos, and for about square ones in every other case at
   * random. `given` takes it as it is.
   */
  readonly orientation?: "own" | "given";
  readonly random: Random;
}

/**
 * A view at the resolution that a network trains at, as the published loaders make it: the largest window around the
 * principal point, scaled until it covers the resolution, then cut in its middle. Colors are resampled like photos at
 * inference, depth takes the nearest pixel, and the intrinsics follow.
 * @param resolution at least as wide as it is high
 */
export function cropView(view: RgbdView, resolution: Size, options: CropOptions): RgbdView {
  const { random, spare = 0, orientation = "own" } = options;
  const centered = centeredView(view);
  const upright = orientation === "own" && isUpright(centered, resolution, random);
  const size = upright ? { width: resolution.height, height: resolution.width } : resolution;
  const extra = spare > 1 ? randomInteger(random, spare) : 0;
  const scale = Math.max((size.width + extra) / centered.width, (size.height + extra) / centered.height) + 1e-8;
  const scaled = { width: Math.floor(centered.width * scale), height: Math.floor(centered.height * scale) };
  const left = roundHalfEven((scaled.width - size.width) / 2);
  const top = roundHalfEven((scaled.height - size.height) / 2);

  const [scaleX, scaleY] = [centered.width / scaled.width, centered.height / scaled.height];
  const mapping = { scaleX, scaleY, offsetX: (left + 0.5) * scaleX - 0.5, offsetY: (top + 0.5) * scaleY - 0.5 };
  const { fx, fy, cx, cy } = centered.intrinsics;
  // The rounding of the scaled size takes half a margin from either side.
  const along = (c: number, from: number, to: number) => (c + 0.5) * scale - 0.5 - (from * scale - to) / 2;
  return {
    ...size,
    rgb: resample(centered, size, mapping),
    depth: nearestDepth(centered, size, { scaleX, scaleY, left, top }),
    intrinsics: {
      fx: fx * scale,
      fy: fy * scale,
      cx: along(cx, centered.width, scaled.width) - left,
      cy: along(cy, centered.height, scaled.height) - top,
    },
    worldFromCam: view.worldFromCam,
  };
}

function isUpright({ width, height }: Size, resolution: Size, random: Random): boolean {
  if (height > 1.1 * width) return true;
  return height > 0.9 * width && resolution.width !== resolution.height && random() < 0.5;
}
