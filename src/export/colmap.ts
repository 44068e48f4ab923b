import type { Scene, SceneImage } from "../core/scene.ts";
import { sceneCameras } from "../core/scene-cameras.ts";
import { selectRows } from "../core/select-rows.ts";
import { type ShownPoints, shownPoints, type TrackPoints } from "../core/track-points.ts";
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
  readonly tracks: TrackPoints;
  /** The name of each photo below the folder of photos. */
  readonly photoNames: readonly string[];
}

/**
 * A scene as COLMAP's sparse model: registered photos, a PINHOLE camera for all photos that share one and are the
 * same way up, everything in pixels of the originals, and the tracks as points. Ids are indices plus one; a camera has that of its first photo.
 */
export function colmapModel(scene: Scene, views: readonly View[], { tracks, photoNames }: ColmapParts): ColmapModel {
  const registered = [...scene.images.entries()].filter(([, image]) => image.registered);
  const shown = shownPoints(tracks, views.length);
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
        ...keypoints(tracks, shown(i), views[i]!),
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

function keypoints({ xy }: TrackPoints, { points, observations }: ShownPoints, { originalFromNetwork }: View) {
  const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
  const keypoints = selectRows(xy, observations, 2);
  // COLMAP puts the center of the top-left pixel at (0.5, 0.5).
  for (let k = 0; k < keypoints.length; k += 2) {
    keypoints[k] = scaleX * keypoints[k]! + offsetX + 0.5;
    keypoints[k + 1] = scaleY * keypoints[k + 1]! + offsetY + 0.5;
  }
  return { keypoints, pointIds: Float64Array.from(points, (index) => index + 1) };
}

function colmapPoints(views: readonly View[], points: TrackPoints): ColmapPoints {
  const { count, positions, starts, images, errors } = points;
  const scales = views.map(originalScale);
  const keypointCounts = new Uint32Array(views.length);
  const tracks = new Uint32Array(2 * images.length);
  for (const [k, image] of images.entries()) {
    tracks[2 * k] = image + 1;
    tracks[2 * k + 1] = keypointCounts[image]!++;
  }
  return {
    ids: Float64Array.from({ length: count }, (_, i) => i + 1),
    positions,
    colors: meanColors(views, points),
    errors: Float64Array.from({ length: count }, (_, i) => {
      let sum = 0;
      for (let k = starts[i]!; k < starts[i + 1]!; k++) sum += errors[k]! * scales[images[k]!]!;
      return sum / (starts[i + 1]! - starts[i]!);
    }),
    trackStarts: starts,
    tracks,
  };
}

/** `[count, 3]`: each point's mean over the photos that show it. */
function meanColors(views: readonly View[], { count, starts, images, pixels }: TrackPoints): Uint8Array {
  const photos = new Map([...new Set(images)].map((image) => [image, viewPixels(views[image]!)]));
  const colors = new Uint8Array(3 * count);
  for (let i = 0; i < count; i++) {
    const sum = [0, 0, 0];
    for (let k = starts[i]!; k < starts[i + 1]!; k++) {
      const { rgb } = photos.get(images[k]!)!;
      for (let channel = 0; channel < 3; channel++) sum[channel]! += rgb[3 * pixels[k]! + channel]!;
    }
    for (const [channel, value] of sum.entries())
      colors[3 * i + channel] = Math.round(value / (starts[i + 1]! - starts[i]!));
  }
  return colors;
}
