import { joinPath, openFile, pathContent } from "#platform";
import type { Pose } from "../core/camera.ts";
import { InputError } from "../core/errors.ts";
import type { KnownLens } from "../core/known-lens.ts";
import type { Lens, Straightening } from "../core/lens.ts";
import type { View } from "../core/view.ts";
import { colmapLens } from "../formats/colmap/distortion.ts";
import { type ColmapImage, type ColmapPoints, NO_POINT } from "../formats/colmap/model.ts";
import { type ColmapFile, type ColmapFiles, readColmapModel } from "../formats/colmap/read-model.ts";
import { pinholePixel, pinholeWithin } from "../geometry/lens.ts";
import { invertRigid, rigidPose } from "../geometry/pose.ts";
import { rotationFromQuaternion } from "../geometry/rotation.ts";
import { findMapPhoto, type PhotoPlaces } from "./find-map-photo.ts";
import { nearestSamples } from "./nearest-samples.ts";
import type { MapCamera, MapPhoto, PosedMap } from "./posed-map.ts";

/** Where a model lies in the folder of a COLMAP project. */
const FOLDERS = [".", "sparse/0", "sparse", "colmap/sparse/0"];

/** The files of a COLMAP model, text or binary, in or below a folder. */
export interface ColmapPaths {
  readonly cameras: string;
  readonly images: string;
  readonly points3D: string;
}

/** Finds a COLMAP model in a folder or where COLMAP puts it below one; undefined where there is none. */
export async function findColmapModel(folder: string): Promise<ColmapPaths | undefined> {
  for (const place of FOLDERS) {
    for (const extension of ["bin", "txt"]) {
      const path = (name: string) => joinPath(folder, place, `${name}.${extension}`);
      const paths = { cameras: path("cameras"), images: path("images"), points3D: path("points3D") };
      const found = await Promise.all(Object.values(paths).map(pathContent));
      if (found.every(({ kind }) => kind === "file")) return paths;
    }
  }
  return undefined;
}

/**
 * The map in a COLMAP model: its photos with the sparse points that each shows. Photos of cameras with distortion are
 * undistorted, and so are the places of their points.
 * @throws FormatError for a camera model that cannot be undistorted
 */
export async function openColmapMap(paths: ColmapPaths, places: PhotoPlaces): Promise<PosedMap> {
  const files: ColmapFiles = {
    cameras: await readWhole(paths.cameras),
    images: await readWhole(paths.images),
    points3D: await readWhole(paths.points3D),
  };
  const { cameras, images, points } = readColmapModel(files);
  const rows = new Map(Array.from(points.ids, (id, row) => [id, row]));
  const known = new Map<number, OwnCamera>();
  const ownCamera = (id: number): OwnCamera => {
    const found = known.get(id) ?? ownCameraOf(colmapLens(cameras.get(id)!, paths.cameras));
    known.set(id, found);
    return found;
  };
  const photos: MapPhoto[] = [];
  const posed: MapCamera[] = [];
  for (const image of images) {
    const { lens, straightening } = ownCamera(image.cameraId);
    photos.push({
      name: image.name,
      path: await findMapPhoto(image.name, places),
      lens: straightening && knownLens(lens),
    });
    posed.push({
      size: { width: lens.width, height: lens.height },
      intrinsics: straightening?.pinhole ?? lens.intrinsics,
      worldFromCam: invertRigid(camFromWorld(image)),
      worldPoints: async (view) => sparsePoints(image, points, { rows, view, straightening }),
    });
  }
  if (photos.length === 0) throw new InputError(`${paths.images}: the model has no photos`);
  return { units: "arbitrary", mayBeOfStored: true, photos, camera: async (index) => posed[index]! };
}

/** A camera of a model; with what takes its distortion out, where it has any. */
interface OwnCamera {
  readonly lens: Lens;
  readonly straightening: Straightening | undefined;
}

function ownCameraOf(lens: Lens): OwnCamera {
  const isBent =
    lens.distortion?.model === "fisheye" || lens.distortion?.k.concat(lens.distortion.p).some((x) => x !== 0);
  return { lens, straightening: isBent ? { lens, pinhole: pinholeWithin(lens, lens) } : undefined };
}

function knownLens({ width, height, intrinsics: { fx, fy, cx, cy }, distortion }: Lens): KnownLens {
  return { fx, fy, principalPoint: [cx, cy], size: { width, height }, distortion, ofCopies: true };
}

function camFromWorld({ quaternion: [w, x, y, z], translation }: ColmapImage): Pose {
  return rigidPose(rotationFromQuaternion([x, y, z, w]), translation);
}

function sparsePoints(
  { keypoints, pointIds }: ColmapImage,
  { positions }: ColmapPoints,
  {
    rows,
    view,
    straightening,
  }: {
    readonly rows: ReadonlyMap<number, number>;
    readonly view: View;
    readonly straightening: Straightening | undefined;
  },
): Float64Array {
  const isKnown = (keypoint: number) => pointIds[keypoint] !== NO_POINT && rows.has(pointIds[keypoint]!);
  const places = Array.from(pointIds, (_, i) => {
    // COLMAP has the center of the top-left pixel at (0.5, 0.5).
    const [x, y] = [keypoints[2 * i]! - 0.5, keypoints[2 * i + 1]! - 0.5];
    return straightening ? pinholePixel(straightening.lens, straightening.pinhole, x, y) : ([x, y] as const);
  });
  const nearest = nearestSamples(view, {
    count: pointIds.length,
    x: (i) => (isKnown(i) ? places[i]![0] : Number.NaN),
    y: (i) => places[i]![1],
  });
  const points = new Float64Array(3 * nearest.length).fill(Number.NaN);
  nearest.forEach((keypoint, pixel) => {
    const row = keypoint < 0 ? undefined : rows.get(pointIds[keypoint]!);
    if (row !== undefined) points.set(positions.subarray(3 * row, 3 * row + 3), 3 * pixel);
  });
  return points;
}

async function readWhole(path: string): Promise<ColmapFile> {
  const file = await openFile(path);
  try {
    return { path, bytes: await file.read(0, file.size) };
  } finally {
    await file.close();
  }
}
