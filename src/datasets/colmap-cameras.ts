import { joinPath, openFile, readBytes } from "#platform";
import type { ByteSource } from "../core/byte-source.ts";
import type { Pose } from "../core/camera.ts";
import { FormatError } from "../core/errors.ts";
import type { ColmapCamera, ColmapImage } from "../formats/colmap/model.ts";
import { readCameras } from "../formats/colmap/read-model.ts";
import { parseImages } from "../formats/colmap/text.ts";
import { invertRigid, rigidPose } from "../geometry/pose.ts";
import { rotationFromQuaternion } from "../geometry/rotation.ts";

const CHUNK = 2 ** 24;

/** Where and with what camera a photo was taken. */
export interface ColmapPhoto {
  readonly camera: ColmapCamera;
  readonly worldFromCam: Pose;
}

/**
 * The photos in a model's `cameras.txt` and `images.txt`, by their names. The points that photos show, which are most of the
 * text, are passed over.
 */
export async function readColmapPhotos(folder: string): Promise<ReadonlyMap<string, ColmapPhoto>> {
  const camerasPath = joinPath(folder, "cameras.txt");
  const cameras = readCameras({ path: camerasPath, bytes: await readBytes(camerasPath) });
  const path = joinPath(folder, "images.txt");
  const file = await openFile(path);
  try {
    const photos = new Map<string, ColmapPhoto>();
    for (const image of parseImages(await withoutKeypoints(file), path)) {
      const camera = cameras.get(image.cameraId);
      if (camera === undefined) {
        throw new FormatError(path, `${image.name} is of camera ${image.cameraId}, which is not listed`);
      }
      photos.set(image.name, { camera, worldFromCam: poseOf(image, path) });
    }
    return photos;
  } finally {
    await file.close();
  }
}

function poseOf({ name, quaternion: [w, x, y, z], translation }: ColmapImage, path: string): Pose {
  const camFromWorld = rigidPose(rotationFromQuaternion([x, y, z, w]), translation);
  // A quaternion of nothing but zeros is no rotation.
  if (!camFromWorld.every(Number.isFinite)) throw new FormatError(path, `the pose of ${name} is not finite`);
  return invertRigid(camFromWorld);
}

/** A text of images with every second line, the keypoints', empty: those of a large scene exceed what a string holds. */
async function withoutKeypoints(source: ByteSource): Promise<string> {
  const decoder = new TextDecoder();
  const kept: string[] = [];
  let rest = "";
  let isHead = true;
  const take = (line: string): void => {
    if (isHead && (line.startsWith("#") || line.trim() === "")) return;
    if (isHead) kept.push(line, "");
    isHead = !isHead;
  };
  for (let offset = 0; offset < source.size; offset += CHUNK) {
    const bytes = await source.read(offset, Math.min(CHUNK, source.size - offset));
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) take(line);
  }
  if (rest !== "") take(rest);
  return kept.join("\n");
}
