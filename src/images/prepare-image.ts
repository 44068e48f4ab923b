import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/view.ts";
import type { ViewPlan } from "./plan-view.ts";
import { resample } from "./resample.ts";

/**
 * The network's input for a planned view: `[3, height, width]`, RGB in [-1, 1]. `image` is the photo that was planned
 * for, or a reduced copy of all of it; `original` is the photo's own size.
 */
export function prepareImage(image: RgbImage, original: Size, plan: ViewPlan): Float32Array {
  const reductionX = original.width / image.width;
  const reductionY = original.height / image.height;
  const { scaleX, scaleY, offsetX, offsetY } = plan.originalFromNetwork;
  const imageFromNetwork = {
    scaleX: scaleX / reductionX,
    scaleY: scaleY / reductionY,
    offsetX: (offsetX + 0.5) / reductionX - 0.5,
    offsetY: (offsetY + 0.5) / reductionY - 0.5,
  };
  return normalize(resample(image, plan, imageFromNetwork));
}

/** In single precision at each step, as the reference computes it. */
const NORMALIZED = Float32Array.from({ length: 256 }, (_, value) => (Math.fround(value / 255) - 0.5) / 0.5);

function normalize(rgb: Uint8Array): Float32Array {
  const pixels = rgb.length / 3;
  const result = new Float32Array(rgb.length);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < pixels; i++) result[channel * pixels + i] = NORMALIZED[rgb[3 * i + channel]!]!;
  }
  return result;
}
