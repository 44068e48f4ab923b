import type { RgbImage } from "../core/rgb-image.ts";
import type { Scene, SceneImage } from "../core/scene.ts";
import { sceneCameras } from "../core/scene-cameras.ts";
import type { TrackObservation, TrackPoint } from "../core/track-point.ts";
import type { View } from "../core/view.ts";
import { encodeCameras, encodeImages, encodePoints } from "../formats/colmap/binary-writer.ts";
import type { ColmapCamera, ColmapImage, ColmapModel, ColmapPoints } from "../formats/colmap/model.ts";
import { pinholeParams } from "../formats/colmap/pinhole.ts";
import { formatCameras, formatImages, formatPoints } from "../formats/colmap/text-writer.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { invertRigid, rotationOf, translationOf } from "../geometry/pose.ts";
import { quaternionFromRotation } from "../geometry/rotation.ts";
import { type ExportFile, textFile } from "./export-file.ts";
import { originalScale } from "./tracks/summarize-tracks.ts";
import { viewPixels } from "./view-pixels.ts";

/** What a COLMAP model is made of besides the scene. */
export interface ColmapParts {
  /** As `sceneTracks` finds them. */
  readonly tracks: readonly TrackPoint[];
  /** The name of each photo below the folder of photos. */
  readonly photoNames: readonly string[];
}

/**
 * A scene as COLMAP's sparse model: registered photos, a PINHOLE camera for all photos that share one and are the
 * same way up, everything in pixels of the originals, and the tracks as points. Ids are indices plus one; a camera has that of its first photo.
 */
export function colmapModel(scene: Scene, views: readonly View[], { tracks, photoNames }: ColmapParts): ColmapModel {
  const registered = [...scene.images.entries()].filter(([, image]) => image.registered);
  const seen = observationsByImage(tracks, views.length);
  const { cameras, cameraIds } = colmapCameras(registered, views, sceneCameras(scene.images));
  return {
    cameras,
    images: registered.map(([i, { worldFromCam }]): ColmapImage => {
      const camFromWorld = invertRigid(worldFromCam);
      const [x, y, z, w] = quaternionFromRotation(rotationOf(camFromWorld));
      const pose = { quaternion: [w, x, y, z], translation: translationOf(camFromWorld) } as const;
      return {
        id: i + 1,
        cameraId: cameraIds.get(i)!,
        name: photoNames[i]!,
        ...pose,
        ...keypoints(seen[i]!, views[i]!),
      };
    }),
    points: colmapPoints(views, tracks),
  };
}

/** The files of a model as COLMAP itself writes them. */
export function colmapBinaryFiles(model: () => ColmapModel): readonly ExportFile[] {
  return [
    { name: "cameras.bin", encode: () => encodeCameras(model().cameras.values()) },
    { name: "images.bin", encode: () => encodeImages(model().images) },
    { name: "points3D.bin", encode: () => encodePoints(model().points) },
  ];
}

/** The files of a model as text. */
export function colmapTextFiles(model: () => ColmapModel): readonly ExportFile[] {
  return [
    textFile("cameras.txt", () => formatCameras(model().cameras.values())),
    textFile("images.txt", () => formatImages(model().images)),
    textFile("points3D.txt", () => formatPoints(model().points)),
  ];
}

/** The cameras by their ids, and the id of each photo's. */
function colmapCameras(
  images: readonly (readonly [index: number, image: SceneImage])[],
  views: readonly View[],
  numbers: readonly number[],
): { readonly cameras: ReadonlyMap<number, ColmapCamera>; readonly cameraIds: ReadonlyMap<number, number> } {
  const cameras = new Map<string, ColmapCamera>();
  const cameraIds = new Map<number, number>();
  for (const [i, image] of images) {
    const camera = colmapCamera(i + 1, image, views[i]!);
    const { width, height, params } = camera;
    // Of one camera, photos taken upright have others.
    const key = [numbers[i], width, height, ...params].join(" ");
    if (!cameras.has(key)) cameras.set(key, camera);
    cameraIds.set(i, cameras.get(key)!.id);
  }
  return { cameras: new Map([...cameras.values()].map((camera) => [camera.id, camera])), cameraIds };
}

function colmapCamera(id: number, { intrinsics }: SceneImage, { original, originalFromNetwork }: View): ColmapCamera {
  const params = pinholeParams(originalIntrinsics(intrinsics, originalFromNetwork));
  return { id, model: "PINHOLE", width: original.width, height: original.height, params };
}

/** An observation, and the id of the point it shows. */
type Keypoint = TrackObservation & { readonly pointId: number };

/** Per image its keypoints, in the order of the tracks. */
function observationsByImage(tracks: readonly TrackPoint[], images: number): readonly (readonly Keypoint[])[] {
  const byImage: Keypoint[][] = Array.from({ length: images }, () => []);
  for (const [i, { observations }] of tracks.entries()) {
    for (const observation of observations) byImage[observation.image]!.push({ ...observation, pointId: i + 1 });
  }
  return byImage;
}

function keypoints(list: readonly Keypoint[], { originalFromNetwork }: View) {
  const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
  // COLMAP puts the center of the top-left pixel at (0.5, 0.5).
  const places = list.flatMap(({ x, y }) => [scaleX * x + offsetX + 0.5, scaleY * y + offsetY + 0.5]);
  return { keypoints: Float64Array.from(places), pointIds: Float64Array.from(list, ({ pointId }) => pointId) };
}

function colmapPoints(views: readonly View[], tracks: readonly TrackPoint[]): ColmapPoints {
  const seenIn = [...new Set(tracks.flatMap(({ observations }) => observations.map(({ image }) => image)))];
  const photos = new Map(seenIn.map((image) => [image, viewPixels(views[image]!)]));
  const keypointCounts = new Uint32Array(views.length);
  const trackStarts = new Uint32Array(tracks.length + 1);
  for (const [i, { observations }] of tracks.entries()) trackStarts[i + 1] = trackStarts[i]! + observations.length;
  return {
    ids: Float64Array.from(tracks, (_, i) => i + 1),
    positions: Float64Array.from(tracks.flatMap(({ point }) => point)),
    colors: Uint8Array.from(tracks.flatMap(({ observations }) => meanColor(observations, photos))),
    errors: Float64Array.from(tracks, ({ observations }) => {
      return mean(observations.map(({ image, error }) => error * originalScale(views[image]!)));
    }),
    trackStarts,
    tracks: Uint32Array.from(
      tracks.flatMap(({ observations }) => observations.flatMap(({ image }) => [image + 1, keypointCounts[image]!++])),
    ),
  };
}

function meanColor(observations: readonly TrackObservation[], photos: ReadonlyMap<number, RgbImage>): number[] {
  return [0, 1, 2].map((k) => {
    return Math.round(mean(observations.map(({ image, pixel }) => photos.get(image)!.rgb[3 * pixel + k]!)));
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
