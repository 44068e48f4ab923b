import { scenePair } from "../alignment/pair-confidence.ts";
import { imagePlane } from "../core/image-plane.ts";
import type { Picture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Scene, SceneImage } from "../core/scene.ts";
import { selectRows } from "../core/select-rows.ts";
import { shownPoints } from "../core/track-points.ts";
import type { View } from "../core/view.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { networkIntrinsics } from "../geometry/pixel-mapping.ts";
import { identityPose, invertRigid } from "../geometry/pose.ts";
import { exifNetworkFocal } from "../priors/network-priors.ts";
import type { RefinedPoints } from "../refinement/refined-points.ts";
import type { SceneFile } from "../scene-file/read-scene-file.ts";
import { guessIntrinsics, type MapObservation } from "../tasks/localization.ts";
import { localizeByCorrespondences } from "../tasks/localize-by-correspondences.ts";
import { locatedDepth } from "../tasks/located-depth.ts";
import type { EncodedMap } from "./encoded-map.ts";
import { exifDoubts } from "./exif-doubts.ts";
import { locateByFeatures } from "./locate-by-features.ts";
import type { MapFeatures } from "./map-features.ts";
import { anchored, networkObservations, type ScaleAnchors } from "./refined-scene.ts";

/** A finished scene, to which photos are to be added. */
export interface SceneToExtend extends RunOptions {
  readonly file: SceneFile;
  /** The images of `file`, one for each. */
  readonly images: readonly SceneImage[];
  /** Those of them that a photo can be located by. */
  readonly map: EncodedMap;
  /** With how many of these each photo is compared. */
  readonly top: number;
  readonly seed?: number | string | undefined;
  /** The features of `map`'s photos, and the files of the added views; undefined where poses are not refined. */
  readonly features?: { readonly map: MapFeatures; readonly files: readonly Picture[] } | undefined;
  /** Set to take no notice of the focal lengths that EXIF data name. */
  readonly ignoreExif?: boolean | undefined;
}

/** A scene with photos added. */
export interface ExtendedScene {
  /** The images that were there, as they were, and the new ones after them. */
  readonly scene: Scene;
  /** Why photos could not be registered, one sentence each. */
  readonly problems: readonly string[];
  /** Reasons to doubt what was found, one sentence each. */
  readonly doubts: readonly string[];
}

/** Locates each of the added views in the scene, and gives it a depth map in the scene's units. */
export async function extendScene(added: readonly View[], extension: SceneToExtend): Promise<ExtendedScene> {
  const { file, map, top, seed, ignoreExif = false, onProgress, signal } = extension;
  const run = { onProgress, signal };
  const { units, photos } = map.map;
  const images = [...extension.images];
  const pairs = [...file.pairs];
  const problems: string[] = [];
  const doubts: string[] = [];
  for (const [i, view] of added.entries()) {
    const image1 = images.length;
    const indices = await map.mostSimilar(view, top, run);
    const observations = await map.observe(view, indices, run);
    const exif = ignoreExif ? undefined : exifNetworkFocal(view);
    const { image, problem } = await refined(registerPhoto(view, observations, { exif, seed }), {
      view,
      observations,
      indices,
      file: extension.features?.files[i],
      extension,
    });
    if (image.registered && exif !== undefined && image.focalSource === "network") {
      const { scaleX, scaleY } = view.originalFromNetwork;
      const focal = image.intrinsics.fx * Math.sqrt(scaleX * scaleY);
      doubts.push(...exifDoubts([view], [{ focal, source: "network" }]));
    }
    if (problem !== undefined) problems.push(`${view.name} could not be registered: ${problem}.`);
    images.push(image);
    for (const [k, { prediction }] of observations.entries()) {
      const image2 = file.images.findIndex((other) => other.file === photos[indices[k]!]!.name);
      pairs.push({ image1, image2, meanConfidence: scenePair(prediction).meanConfidence });
    }
    onProgress?.({ stage: "localize", done: i + 1, total: added.length, item: view.name });
  }
  return { scene: { units, images, pairs, alignment: file.alignment }, problems, doubts };
}

/** A photo as a part of the scene. */
interface RegisteredPhoto {
  readonly image: SceneImage;
  /** Why it is not registered. */
  readonly problem?: string;
}

interface AddedPhoto {
  readonly view: View;
  readonly observations: readonly MapObservation[];
  readonly indices: readonly number[];
  readonly file: Picture | undefined;
  readonly extension: SceneToExtend;
}

/** The photo with its pose, and the scale of its depth, by local features where these agree with the scene beyond chance. */
async function refined(
  registered: RegisteredPhoto,
  { view, observations, indices, file, extension }: AddedPhoto,
): Promise<RegisteredPhoto> {
  const { features, seed, signal } = extension;
  if (features === undefined || file === undefined) return registered;
  const { image } = registered;
  const query = { view, file, indices, image: { ...image, component: image.registered ? 0 : undefined } };
  const found = await locateByFeatures(query, features.map, { seed, signal });
  const seen = found && locatedDepth(observations, found.camFromWorld);
  if (found === undefined || seen === undefined) return registered;
  const placed: SceneImage = {
    ...image,
    ...seen,
    registered: true,
    intrinsics: networkIntrinsics(found.intrinsics, view.originalFromNetwork),
    focalSource: "features",
    poseSource: "refined",
    worldFromCam: invertRigid(found.camFromWorld),
  };
  return { image: anchored(placed, anchorsOf(found.points, view)) };
}

/** The points that photo 0 shows, whose view this is. */
function anchorsOf({ count, starts, positions, photos, xy, errors }: RefinedPoints, view: View): ScaleAnchors {
  const members = photos.reduce((most, photo) => Math.max(most, photo + 1), 1);
  const { points, observations } = shownPoints({ count, starts, images: photos }, members)(0);
  const own = {
    photos: selectRows(photos, observations),
    xy: selectRows(xy, observations, 2),
    errors: selectRows(errors, observations),
  };
  return { positions: selectRows(positions, points, 3), pixels: networkObservations(own, [view]).pixels };
}

/** A located photo as a part of the scene, or an unregistered one and why it is that. */
function registerPhoto(
  view: View,
  observations: readonly MapObservation[],
  { exif, seed }: { readonly exif: number | undefined; readonly seed: number | string | undefined },
): RegisteredPhoto {
  const { width, height } = view;
  const likely = exif && { intrinsics: centeredIntrinsics(imagePlane(view), exif), source: "exif" as const };
  const located = localizeByCorrespondences(observations, { likely: likely || undefined, seed });
  const seen = located.status === "ok" ? locatedDepth(observations, located.camFromWorld) : undefined;
  if (located.status === "ok" && seen !== undefined) {
    const { intrinsics, camFromWorld } = located;
    return {
      image: {
        width,
        height,
        registered: true,
        intrinsics,
        focalSource: located.focalSource === "exif" ? "exif" : "network",
        poseSource: "network",
        worldFromCam: invertRigid(camFromWorld),
        ...seen,
      },
    };
  }
  const image: SceneImage = {
    width,
    height,
    registered: false,
    intrinsics: guessIntrinsics(observations),
    focalSource: "network",
    worldFromCam: identityPose(),
    depth: new Float32Array(width * height),
    confidence: observations[0]!.prediction.confidence1,
  };
  return { image, problem: located.status === "failed" ? located.reason : "no depth is known where it looks" };
}
