import type { RgbImage } from "../core/rgb-image.ts";
import type { View } from "../core/view.ts";
import { type PlanOptions, planView } from "../images/plan-view.ts";
import { prepareImage } from "../images/prepare-image.ts";

/** The view of a photo that is in memory, prepared as one from a file is. */
export function viewOfImage(photo: RgbImage, name: string, plan: PlanOptions): View {
  const original = { width: photo.width, height: photo.height };
  const layout = planView(original, plan);
  return { name, ...layout, rgb: prepareImage(photo, original, layout), original, hash: name };
}
