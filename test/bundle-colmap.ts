import type { Bundle } from "../src/adjustment/bundle.ts";
import { encodeCameras, encodeImages, encodePoints } from "../src/formats/colmap/binary-writer.ts";
import type { ColmapImage, ColmapModel } from "../src/formats/colmap/model.ts";
import { rigidPose, rotationOf, translationOf } from "../src/geometry/pose.ts";
import { quaternionFromRotation, rotationFromQuaternion } from "../src/geometry/rotation.ts";

/** Half a pixel from our pixels to COLMAP's. */
const HALF = 0.5;

/** A bundle as COLMAP's sparse model; ids are indices plus one. */
export function modelOfBundle({ cameras, photos, points, observations }: Bundle): ColmapModel {
  const count = points.length / 3;
  const seen: { readonly xy: number[]; readonly ids: number[] }[] = photos.map(() => ({ xy: [], ids: [] }));
  const tracks: number[][] = Array.from({ length: count }, () => []);
  observations.photo.forEach((photo, k) => {
    const point = observations.point[k]!;
    tracks[point]!.push(photo + 1, seen[photo]!.ids.length);
    seen[photo]!.xy.push(observations.xy[2 * k]! + HALF, observations.xy[2 * k + 1]! + HALF);
    seen[photo]!.ids.push(point + 1);
  });
  const trackStarts = new Uint32Array(count + 1);
  tracks.forEach((track, k) => {
    trackStarts[k + 1] = trackStarts[k]! + track.length / 2;
  });
  return {
    cameras: new Map(
      cameras.map(({ fx, cx, cy, k1 = 0, k2 = 0 }, i) => {
        const size = { width: Math.round(2 * cx + 1), height: Math.round(2 * cy + 1) };
        return [i + 1, { id: i + 1, model: "RADIAL", ...size, params: [fx, cx + HALF, cy + HALF, k1, k2] }];
      }),
    ),
    images: photos.map(({ camera, camFromWorld }, i): ColmapImage => {
      const [x, y, z, w] = quaternionFromRotation(rotationOf(camFromWorld));
      return {
        id: i + 1,
        cameraId: camera + 1,
        name: `${i}.jpg`,
        quaternion: [w, x, y, z],
        translation: translationOf(camFromWorld),
        keypoints: Float64Array.from(seen[i]!.xy),
        pointIds: Float64Array.from(seen[i]!.ids),
      };
    }),
    points: {
      ids: Float64Array.from({ length: count }, (_, k) => k + 1),
      positions: points,
      colors: new Uint8Array(3 * count),
      errors: new Float64Array(count).fill(-1),
      trackStarts,
      tracks: Uint32Array.from(tracks.flat()),
    },
  };
}

/** The bundle with the cameras, poses and points of a model that has the ids of `modelOfBundle`. */
export function bundleOfModel(bundle: Bundle, { cameras, images, points }: ColmapModel): Bundle {
  const positions = bundle.points.slice();
  points.ids.forEach((id, k) => {
    positions.set(points.positions.subarray(3 * k, 3 * k + 3), 3 * (id - 1));
  });
  const byId = new Map(images.map((image) => [image.id, image]));
  return {
    ...bundle,
    cameras: bundle.cameras.map((camera, i) => {
      const [f, cx, cy, k1, k2] = cameras.get(i + 1)!.params;
      return { ...camera, fx: f!, fy: f!, cx: cx! - HALF, cy: cy! - HALF, k1: k1!, k2: k2! };
    }),
    photos: bundle.photos.map((photo, i) => {
      const { quaternion, translation } = byId.get(i + 1)!;
      const [w, x, y, z] = quaternion;
      return { ...photo, camFromWorld: rigidPose(rotationFromQuaternion([x, y, z, w]), translation) };
    }),
    points: positions,
  };
}

/** The model's files by name, binary. */
export function encodeModel({ cameras, images, points }: ColmapModel): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ["cameras.bin", encodeCameras(cameras.values())],
    ["images.bin", encodeImages(images)],
    ["points3D.bin", encodePoints(points)],
  ]);
}
