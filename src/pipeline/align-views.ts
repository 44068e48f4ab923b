import { align } from "../alignment/align.ts";
import type { AlignOptions } from "../alignment/align-options.ts";
import { imagePlane } from "../core/image-plane.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { keepConnected } from "./keep-connected.ts";

/**
 * One scene from predictions for pairs of views, with those photos registered that the evidence or a given pose
 * supports.
 */
export async function alignViews(
  views: readonly View[],
  predictions: AsyncIterable<PairPrediction>,
  options: AlignOptions = {},
): Promise<Scene> {
  const scene = await align(views.map(imagePlane), predictions, options);
  return keepConnected(scene, { isPosed: (image) => options.priors?.worldFromCam?.[image] !== undefined });
}
