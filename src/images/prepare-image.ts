import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/view.ts";
import type { ViewPlan } from "./plan-view.ts";
import { resample } from "./resample.ts";

/**
 * The pixels of a planned view, `[height, width, 3]`. `image` is the photo that was planned for, or a reduced copy of all of it;
 * `original` is the photo's own size.
 */
export function prepareImage(image: RgbImage, original: Size, plan: ViewPlan): Uint8Array {
  const reductionX = original.width / image.width;
  const reductionY = original.height / image.height;
  const { scaleX, scaleY, offsetX, offsetY } = plan.originalFromNetwork;
  const imageFromNetwork = {
    scaleX: scaleX / reductionX,
    scaleY: scaleY / reductionY,
    offsetX: (offsetX + 0.5) / reductionX - 0.5,
    offsetY: (offsetY + 0.5) / reductionY - 0.5,
  };
  return resample(image, plan, imageFromNetwork);
}
