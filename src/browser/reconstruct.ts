import { denseSceneOf } from "../core/loaded-dense-scene.ts";
import type { PhotoInput } from "../images/photo-input.ts";
import type { SceneOptions } from "../pipeline/reconstruct-options.ts";
import { type Reconstruction as NodeReconstruction, reconstructedPhotos } from "../pipeline/reconstruction.ts";
import { type ModelChoice, withModel } from "./open-model.ts";
import { sentPhotos } from "./sent-photos.ts";
import { callOptions, withoutCallOptions } from "./split-options.ts";

/** How to reconstruct; everything may be left out. */
export interface ReconstructOptions extends ModelChoice, Omit<SceneOptions, "store"> {
  /**
   * Name under which finished pairs are kept in the site's private file system (`removeStore` removes them): a run that was
   * interrupted goes on, and one with further photos pays for their pairs alone. Kept nowhere when left out.
   */
  readonly store?: string | undefined;
}

/** A scene, and what it was made from and with. */
export interface Reconstruction extends Omit<NodeReconstruction, "files"> {
  /** The photos as they were given, in the order of `scene.images`. */
  readonly files?: readonly PhotoInput[] | undefined;
}

/**
 * Photos in, scene out: the whole pipeline, in workers. The scene's images keep the order of the photos.
 * @throws InputError, CapabilityError with what to do about it; the signal's reason when aborted
 */
export async function reconstruct(
  photos: readonly PhotoInput[],
  options: ReconstructOptions = {},
): Promise<Reconstruction> {
  return await withModel(options, async (worker) => {
    const answer = await worker.call(
      "reconstruct",
      [sentPhotos(photos), withoutCallOptions(options)],
      callOptions(options),
    );
    const { kept, dense, ...scene } = answer;
    return {
      ...scene,
      dense: dense && denseSceneOf(dense),
      photos: reconstructedPhotos(scene.scene, scene.views),
      files: kept.map((i) => photos[i]!),
    };
  });
}
