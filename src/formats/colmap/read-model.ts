import { FormatError } from "../../core/errors.ts";
import { decodeCameras, decodeImages, decodePoints } from "./binary.ts";
import type { ColmapCamera, ColmapImage, ColmapModel, ColmapPoints } from "./model.ts";
import { parseCameras, parseImages, parsePoints } from "./text.ts";

/** One file of a model. Its path is named in errors; `.txt` at its end makes it text, anything else binary. */
export interface ColmapFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The three files of a model; those of newer versions (`rigs`, `frames`) repeat what these say. */
export interface ColmapFiles {
  readonly cameras: ColmapFile;
  readonly images: ColmapFile;
  readonly points3D: ColmapFile;
}

/**
 * A sparse model from its files, text or binary. Throws a `FormatError` that names the file, the line or byte offset
 * and the field. Tracks may still name images and keypoints that are not there: some programs write them so.
 */
export function readColmapModel({ cameras, images, points3D }: ColmapFiles): ColmapModel {
  const model = { cameras: readCameras(cameras), images: readImages(images), points: readPoints(points3D) };
  for (const { name, cameraId } of model.images) {
    if (!model.cameras.has(cameraId)) {
      throw new FormatError(
        images.path,
        `${name} was taken by camera ${cameraId}, which ${cameras.path} does not have`,
      );
    }
  }
  return model;
}

/** The cameras of `cameras.txt` or `cameras.bin` by id. */
export function readCameras({ path, bytes }: ColmapFile): ReadonlyMap<number, ColmapCamera> {
  const cameras = isText(path) ? parseCameras(decodeText(bytes), path) : decodeCameras(bytes, path);
  const byId = new Map(cameras.map((camera) => [camera.id, camera]));
  if (byId.size < cameras.length) throw new FormatError(path, "two cameras have the same id");
  return byId;
}

/** The images of `images.txt` or `images.bin`, in the order of the file. */
export function readImages({ path, bytes }: ColmapFile): readonly ColmapImage[] {
  return isText(path) ? parseImages(decodeText(bytes), path) : decodeImages(bytes, path);
}

/** The points of `points3D.txt` or `points3D.bin`. */
export function readPoints({ path, bytes }: ColmapFile): ColmapPoints {
  return isText(path) ? parsePoints(decodeText(bytes), path) : decodePoints(bytes, path);
}

function isText(path: string): boolean {
  return path.toLowerCase().endsWith(".txt");
}

function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
