import { joinPath, leadsOut } from "#platform";
import type { BlobStore } from "../core/blob-store.ts";
import type { DepthSize } from "../core/dense-scene.ts";
import { InputError } from "../core/errors.ts";
import { nameOfPicture, type Picture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { type LoadOptions, loadView, loadViews } from "../images/load-views.ts";
import { findPictures, type PhotoInputs } from "../images/photo-input.ts";
import type { PlanOptions } from "../images/plan-view.ts";
import { findMapPhoto, lensOfFile, type PhotoPlaces } from "../maps/find-map-photo.ts";
import { openSceneMap } from "../maps/scene-map.ts";
import { sharedLens } from "../maps/shared-lens.ts";
import { readStoredImage } from "../maps/stored-image.ts";
import { readSceneFile, type SceneFile } from "../scene-file/read-scene-file.ts";
import { listEmbeddedModels } from "../weights/embedded.ts";
import { denseWarnings } from "./dense-warnings.ts";
import { EncodedMap } from "./encoded-map.ts";
import { estimateDense } from "./estimate-dense.ts";
import { extendScene } from "./extend-scene.ts";
import { LOCALIZE_DEFAULTS } from "./localize-options.ts";
import { MapFeatures } from "./map-features.ts";
import { callModel, type ModelChoice } from "./open-model.ts";
import { RECONSTRUCT_DEFAULTS, type RefineMethod } from "./reconstruct-options.ts";
import { type Reconstruction, reconstructedPhotos } from "./reconstruction.ts";
import { stopwatch } from "./stopwatch.ts";
import { straightenedViews } from "./straightened-views.ts";

/** How to add photos to a scene; everything may be left out. The scene's own model is the default, if it is an embedded one. */
export interface AddPhotosOptions extends ModelChoice {
  /** With how many photos of the scene each new one is compared, the most similar first; as `LOCALIZE_DEFAULTS` when left out. */
  readonly top?: number | undefined;
  /** Where the photos of the scene are; looked for in and beside it when left out. */
  readonly scenePhotos?: string | undefined;
  /** Whether the poses of new photos are refined on local features; they are when left out. */
  readonly refine?: RefineMethod | undefined;
  /** Longest side, in pixels, at which photos are looked at for features. */
  readonly featureSize?: number | undefined;
  /** Pixels along the long side of measured depth maps, at most, of all photos: how it was for those that the scene has is not in its files. 1024 when left out. */
  readonly depthSize?: DepthSize | undefined;
  /** Equal seeds give equal results; 0 when left out. */
  readonly seed?: number | string | undefined;
  /** Set to take no notice of the focal lengths that EXIF data name. */
  readonly ignoreExif?: boolean | undefined;
  /** Where maps of a scene whose depth is measured are kept meanwhile; in memory when left out. */
  readonly store?: BlobStore | undefined;
}

/** A scene with photos added. */
export interface ExtendedReconstruction extends Reconstruction {
  /** The photos' files, in the order of `scene.images`. */
  readonly files: readonly Picture[];
  /** How many photos the scene had; the new ones follow them. */
  readonly before: number;
  /** Why photos could not be registered, one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Registers new photos in the finished scene of a folder, without redoing it: each is located by its matches with the
 * scene's photos, and gets a depth map in the scene's units. Nothing that was there moves; where depth was measured between the photos,
 * it is so anew, between all. A photo that cannot be located comes back unregistered.
 * @throws InputError, FormatError, CapabilityError with what to do about it; the signal's reason when aborted
 */
export async function addPhotos(
  folder: string,
  photos: PhotoInputs,
  options: AddPhotosOptions = {},
): Promise<ExtendedReconstruction> {
  const { top = LOCALIZE_DEFAULTS.top, seed, ignoreExif, depthSize, store, onProgress, signal } = options;
  const run = { onProgress, signal };
  const clock = stopwatch();
  const places: PhotoPlaces = { map: folder, photos: options.scenePhotos };
  const file = await readSceneFile(joinPath(folder, "scene.json"));
  const map = await openSceneMap(places);
  await using model = await callModel({ ...options, model: options.model ?? (await ownModel(file, folder)) });
  const { plan } = model;
  const old = await loadStoredImages(file, places, { ...plan, ...run });
  const { logger } = options;
  const loaded = await loadAddedPhotos(photos, old, { ...plan, logger, ...run });
  const files = loaded.map(({ path }) => path);
  const straight = await straightenedViews(
    loaded.map(({ view }) => view),
    sharedLens(map),
    { files, plan, logger },
  );
  const added = loaded.map((photo, i) => ({ ...photo, view: straight[i]! }));

  const { refine = RECONSTRUCT_DEFAULTS.refine, featureSize } = options;
  const encoded = new EncodedMap(map, model);
  const extended = await extendScene(
    added.map(({ view }) => view),
    {
      file,
      images: old.map(({ image }) => image),
      map: encoded,
      top,
      seed,
      ignoreExif,
      features:
        refine === "none"
          ? undefined
          : { map: new MapFeatures(encoded, featureSize), files: added.map(({ path }) => path) },
      ...run,
    },
  );
  clock.lap("adding");
  const all = [...old, ...added];
  const views = all.map(({ view }) => view);
  const paths = all.map(({ path }) => path);
  const isAnyAdded = extended.scene.images.slice(old.length).some(({ registered }) => registered);
  const dense =
    isAnyAdded && file.images.some(({ isMeasured }) => isMeasured)
      ? await estimateDense(extended.scene, views, { ...run, files: paths, depthSize, seed, store })
      : undefined;
  if (dense) clock.lap("stereo");
  return {
    photos: reconstructedPhotos(extended.scene, views),
    ...extended,
    views,
    files: paths,
    dense,
    before: old.length,
    warnings: [...model.warnings, ...extended.doubts, ...denseWarnings(dense)],
    run: {
      model: { name: model.checkpoint.name, dtype: model.network.dtype, device: model.device },
      timings: clock.laps,
      peakMemoryBytes: await model.peakMemory(),
    },
  };
}

/** The model that made a scene. A file from elsewhere does not decide what is opened or downloaded here. */
async function ownModel({ model }: SceneFile, folder: string): Promise<string | undefined> {
  if (model === undefined || (await listEmbeddedModels()).includes(model.name)) return model?.name;
  throw new InputError(
    `${folder}: its scene was made with the model ${model.name}, which is not an embedded one: name the model to use`,
  );
}

/** A photo of the scene, or one to be added. */
export interface LoadedPhoto {
  readonly path: Picture;
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
    // The photos are copied: a link in a folder from somebody else must not say which file that is.
    if (places.photos === undefined && (await leadsOut(places.map, path)))
      throw new InputError(`${path} is a link out of the scene's folder: say in which folder its photos are`, {
        remedies: ["photos"],
      });
    for (const stored of [image.depth, image.confidence]) {
      const map = stored && joinPath(places.map, stored.file);
      if (map && (await leadsOut(places.map, map)))
        throw new InputError(`${map} is a link out of the scene's folder: put the file in its place`);
    }
    const view = await loadView(path, image.file, { ...plan, lens: lensOfFile(image.lens, path) });
    loaded.push({ path, view, image: await readStoredImage(places.map, image, view) });
    onProgress?.({ stage: "images", done: i + 1, total: images.length, item: image.file });
  }
  return loaded;
}

/** Under names that the scene does not have; an `InputError` for a photo that is in it already. */
async function loadAddedPhotos(
  photos: PhotoInputs,
  stored: readonly StoredPhoto[],
  options: LoadOptions,
): Promise<LoadedPhoto[]> {
  const paths = await findPictures(photos);
  const taken = stored.map(({ view }) => view.name);
  const views = await loadViews(paths, { ...options, taken });
  const twice = views.flatMap(({ hash }, i) => {
    const old = stored.find(({ view }) => view.hash === hash);
    return old === undefined ? [] : [`${nameOfPicture(paths[i]!)} is its ${old.view.name}`];
  });
  if (twice.length > 0) throw new InputError(`the scene has these photos already: ${twice.join(", ")}`);
  return views.map((view, i) => ({ view, path: paths[i]! }));
}
