import type { DenseScene } from "../core/dense-scene.ts";
import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { estimateDense } from "../pipeline/estimate-dense.ts";
import { reconstructViews } from "../pipeline/reconstruct.ts";
import type { EvaluatedNetwork } from "./evaluated-network.ts";

/** What `dust3r reconstruct --dense stereo` measures between the photos of a scene; undefined where it is not asked for. */
export async function measuredDense(
  { dense, depthSize, signal }: EvaluatedNetwork,
  scene: Scene,
  views: readonly View[],
  files: readonly string[],
): Promise<DenseScene | undefined> {
  return dense === "stereo" ? await estimateDense(scene, views, { files, depthSize, signal }) : undefined;
}

/** The scene that `dust3r reconstruct --dense stereo` makes of photos, with refined cameras, and what it measures. */
export async function reconstructDense(
  network: EvaluatedNetwork,
  views: readonly View[],
  files: readonly string[],
): Promise<{ readonly scene: Scene; readonly dense: DenseScene | undefined }> {
  const { refine, featureSize, signal } = network;
  const scene = await reconstructViews(network, views, { files, signal, refine, featureSize });
  return { scene, dense: await measuredDense(network, scene, views, files) };
}
