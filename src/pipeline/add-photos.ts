import { joinPath } from "#platform";
import { InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import type { SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { findPhotos } from "../images/find-photos.ts";
import { loadView, loadViews } from "../images/load-views.ts";
import type { PlanOptions } from "../images/plan-view.ts";
import { openNetwork } from "../inference/open-network.ts";
import { findMapPhoto, type PhotoPlaces } from "../maps/find-map-photo.ts";
import { openSceneMap } from "../maps/scene-map.ts";
import { readStoredImage } from "../maps/stored-image.ts";
import { openEngine } from "../runtime/engine.ts";
import { readSceneFile, type SceneFile } from "../scene-file/read-scene-file.ts";
import { resolveModel } from "../weights/resolve-model.ts";
import { EncodedMap } from "./encoded-map.ts";
import { type ExtendedScene, extendScene } from "./extend-scene.ts";
import { type NetworkOptions, viewPlan } from "./predict-pairs.ts";
import type { Reconstruction } from "./reconstruct.ts";

/** How to add photos to a scene; everything may be left out. The scene's own model is the default. */
export interface AddPhotosOptions extends NetworkOptions {
  /** With how many photos of the scene each new one is compared, the most similar first; 20 when left out. */
  readonly top?: number | undefined;
  /** Where the photos of the scene are; looked for in and beside it when left out. */
  readonly scenePhotos?: string | undefined;
  /** Equal seeds give equal results; 0 when left out. */
  readonly seed?: number | string | undefined;
}

/** A scene with photos added, and what it was made from. */
export interface AddedPhotos extends ExtendedScene, Omit<Reconstruction, "scene" | "timings"> {
  /** The photos' files, in the order of `scene.images`. */
  readonly files: readonly string[];
  /** How many photos the scene had; the new ones follow them. */
  readonly before: number;
}

/**
 * Registers new photos in the finished scene of a folder, without redoing it: each is located by its matches with the
 * scene's photos, and gets a depth map in the scene's units. Nothing that was there moves. A photo that cannot be located
 * comes back unregistered.
 * @throws InputError, FormatError, CapabilityError with what to do about it; the signal's reason when aborted
 */
export async function addPhotos(
  folder: string,
  photos: readonly string[],
  options: AddPhotosOptions = {},
): Promise<AddedPhotos> {
  const { top = 20, seed, device, threads, logger, onProgress, signal } = options;
  const run = { onProgress, signal };
  const places: PhotoPlaces = { map: folder, photos: options.scenePhotos };
  const file = await readSceneFile(joinPath(folder, "scene.json"));
  const map = await openSceneMap(places);
  const checkpoint = await resolveModel(options.model ?? file.model?.name, { ...run, logger });
  const plan = viewPlan(checkpoint, options.size, options.fit);
  const old = await loadStoredImages(file, places, { ...plan, ...run });
  const added = await loadAddedPhotos(photos, file, { ...plan, ...run });

  await using engine = await openEngine({ device, threads, signal });
  const encodedMap = new EncodedMap(map, openNetwork(engine, checkpoint, options), plan);
  const views = added.map(({ view }) => view);
  const images = old.map(({ image }) => image);
  const extended = await extendScene(views, { file, images, map, encodedMap, top, seed, ...run });
  const all = [...old, ...added];
  return {
    ...extended,
    views: all.map(({ view }) => view),
    files: all.map(({ path }) => path),
    before: old.length,
    checkpoint,
    device: engine.device,
    peakMemory: await engine.peakMemory(),
  };
}

/** A photo of the scene, or one to be added. */
export interface LoadedPhoto {
  readonly path: string;
  readonly view: View;
}

/** A photo of the scene with its part of it. */
export interface StoredPhoto extends LoadedPhoto {
  readonly image: SceneImage;
}

/** The photos of a scene's folder, with what it says of them. */
export async function loadStoredImages(
  { images }: SceneFile,
  places: PhotoPlaces,
  { onProgress, signal, ...plan }: PlanOptions & RunOptions,
): Promise<StoredPhoto[]> {
  const loaded: StoredPhoto[] = [];
  for (const [i, image] of images.entries()) {
    signal?.throwIfAborted();
    const path = await findMapPhoto(image.file, places);
    const view = await loadView(path, image.file, plan);
    loaded.push({ path, view, image: await readStoredImage(places.map, image, view) });
    onProgress?.({ stage: "images", done: i + 1, total: images.length, item: image.file });
  }
  return loaded;
}

async function loadAddedPhotos(
  photos: readonly string[],
  { images }: SceneFile,
  options: PlanOptions & RunOptions,
): Promise<LoadedPhoto[]> {
  const paths = await findPhotos(photos);
  const views = await loadViews(paths, options);
  const taken = views.find(({ name }) => images.some(({ file }) => file === name));
  if (taken !== undefined)
    throw new InputError(`the scene has a photo ${taken.name} already; give the new one another name`);
  return views.map((view, i) => ({ view, path: paths[i]! }));
}
