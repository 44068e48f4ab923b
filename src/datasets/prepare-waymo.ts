import { decodeImageBytes, joinPath, openFile, pathContent } from "#platform";
import type { Pose } from "../core/camera.ts";
import { FormatError, InputError, isUserError } from "../core/errors.ts";
import { encodeNpz } from "../formats/npz.ts";
import { readTfRecords } from "../formats/tfrecord.ts";
import { readWaymoFrame, type WaymoFrame, type WaymoImage } from "../formats/waymo-frame.ts";
import { composePoses, invertRigid } from "../geometry/pose.ts";
import { pairsByOverlap } from "../pairs/by-overlap.ts";
import { fittingSize, resizeView, scaledIntrinsics } from "../rgbd/resize-view.ts";
import type { DepthView, RgbdView } from "../rgbd/rgbd-view.ts";
import { checkedView } from "./checked-view.ts";
import { readPhotoExrCamera } from "./photo-exr-camera.ts";
import { type PreparationReport, type SkippedFrame, writeFile } from "./prepare-frames.ts";
import type { PrepareOptions } from "./prepare-options.ts";
import { WAYMO_LIST } from "./waymo.ts";
import { lidarDepth } from "./waymo-depth.ts";
import { writePhotoExrCamera } from "./write-photo-exr.ts";

/** Prepared photos are not larger than this along any side, as published. */
const MOST_SIZE = { width: 512, height: 512 };
/** Lidar is sparse: so few columns that hardly any cell of a photo is without a point. */
const THUMBNAIL = 48;
/** Waymo's cameras look along x, with y to the left and z up. */
const CAMERA_FROM_OPENCV: Pose = Float64Array.of(0, 0, 1, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1);

/** The prepared photos of a drive, and how they came about. */
interface Drive {
  readonly name: string;
  readonly frames: string[];
  readonly skipped: SkippedFrame[];
  reused: number;
}

/**
 * Makes Waymo's release (a folder of `.tfrecord` files, one a drive) ready for training, in the layout that `openWaymo`
 * reads: `DRIVE/FRAME_CAMERA`. Depth is that of the lidar points; lens distortion stays in the photos, as published.
 * Pairs are selected by overlap. A run that was cut off goes on.
 */
export async function prepareWaymo(from: string, to: string, options: PrepareOptions): Promise<PreparationReport> {
  const { pairs: list, onProgress, signal } = options;
  if (list !== undefined) throw new InputError(`${list}: Waymo's pairs are selected by overlap; leave the list out`);
  const content = await pathContent(from);
  const files = content.kind === "folder" ? content.files.filter((file) => file.endsWith(".tfrecord")).sort() : [];
  if (files.length === 0) throw new InputError(`${from}: there is no .tfrecord file in it`);
  const drives: Drive[] = [];
  const pairs: (readonly [drive: number, first: string, second: string])[] = [];
  for (const [done, file] of files.entries()) {
    const drive = await prepareDrive(file, to, signal);
    const thumbnails: DepthView[] = [];
    for (const frame of drive.frames)
      thumbnails.push(sparseThumbnail(await readPhotoExrCamera(stemOf(to, drive, frame))));
    for (const { first, second } of pairsByOverlap(thumbnails)) {
      pairs.push([drives.length, drive.frames[first]!, drive.frames[second]!]);
    }
    drives.push(drive);
    onProgress?.({ stage: "prepare", done: done + 1, total: files.length, item: file });
  }
  const skipped = drives.flatMap((drive) => drive.skipped);
  const frames = drives.reduce((sum, drive) => sum + drive.frames.length, 0);
  if (frames === 0)
    throw new InputError(`no photo can be used; the first: ${skipped[0]?.problem ?? `${from} is empty`}`);
  await writeFile(joinPath(to, WAYMO_LIST), encodeList(drives, pairs));
  const reused = drives.reduce((sum, drive) => sum + drive.reused, 0);
  return { scenes: drives.length, frames, reused, pairs: pairs.length, skipped };
}

/** A file that is cut off gives the frames before the cut. */
async function prepareDrive(path: string, to: string, signal: AbortSignal | undefined): Promise<Drive> {
  const name = path.slice(path.search(/[^/\\]*$/)).replace(/\.tfrecord$/, "");
  const drive: Drive = { name, frames: [], skipped: [], reused: 0 };
  const file = await openFile(path);
  let number = 0;
  let start: Pose | undefined;
  try {
    for await (const record of readTfRecords(file)) {
      signal?.throwIfAborted();
      const frame = readWaymoFrame(record, `${path}, frame ${number}`);
      start ??= frame.worldFromVehicle;
      for (const image of frame.images) await prepareImage(image, { frame, number, start, drive, to });
      number++;
    }
  } catch (error) {
    if (!isUserError(error)) throw error;
    drive.skipped.push({ frame: `${name}, from frame ${number} on`, problem: error.message });
  } finally {
    await file.close();
  }
  return drive;
}

interface ImageContext {
  readonly frame: WaymoFrame;
  readonly number: number;
  /** The world is moved to the start of the drive: the release's origin is kilometers away, which costs precision. */
  readonly start: Pose;
  readonly drive: Drive;
  readonly to: string;
}

async function prepareImage(image: WaymoImage, { frame, number, start, drive, to }: ImageContext): Promise<void> {
  const key = `${String(number).padStart(5, "0")}_${image.camera}`;
  const stem = stemOf(to, drive, key);
  try {
    if ((await pathContent(`${stem}.npz`)).kind === "file") drive.reused++;
    else await writePhotoExrCamera(stem, await readImage(image, frame, start, `${drive.name}/${key}`));
    drive.frames.push(key);
  } catch (error) {
    if (!isUserError(error)) throw error;
    drive.skipped.push({ frame: `${drive.name}/${key}`, problem: error.message });
  }
}

async function readImage(image: WaymoImage, frame: WaymoFrame, start: Pose, name: string): Promise<RgbdView> {
  const photo = await decodeImageBytes(image.jpeg, name);
  if (photo.width !== image.width || photo.height !== image.height) {
    const found = `${photo.width}x${photo.height} pixels; its calibration says ${image.width}x${image.height}`;
    throw new FormatError(name, `found ${found}`);
  }
  const camera = composePoses(image.vehicleFromCamera, CAMERA_FROM_OPENCV);
  const worldFromCam = composePoses(image.worldFromVehicle, camera);
  const [fx = Number.NaN, fy = Number.NaN, cx = Number.NaN, cy = Number.NaN] = image.intrinsics;
  if (!(fx > 0 && fy > 0)) throw new FormatError(name, `focal lengths of ${fx} and ${fy}; positive ones are expected`);
  const size = fittingSize(photo, MOST_SIZE);
  const resized = resizeView(
    { ...photo, depth: new Float32Array(photo.width * photo.height), intrinsics: { fx, fy, cx, cy }, worldFromCam },
    size,
  );
  const target = { camera: image.camera, camFromWorld: invertRigid(worldFromCam), full: photo, size };
  const depth = lidarDepth(frame.lasers, frame.worldFromVehicle, target);
  // Half a pixel: the release counts from the corner of the first pixel.
  const intrinsics = scaledIntrinsics(
    { fx, fy, cx: cx - 0.5, cy: cy - 0.5 },
    photo.width / size.width,
    photo.height / size.height,
  );
  return checkedView(
    resized,
    { ...size, depth },
    { intrinsics, worldFromCam: composePoses(invertRigid(start), worldFromCam) },
    name,
  );
}

/** The nearest depth in each cell of a few: what is measured here and there becomes a surface. */
function sparseThumbnail({ width, height, depth, intrinsics, worldFromCam }: DepthView): DepthView {
  const scale = Math.max(1, Math.max(width, height) / THUMBNAIL);
  const size = { width: Math.ceil(width / scale), height: Math.ceil(height / scale) };
  const cells = new Float32Array(size.width * size.height);
  for (let i = 0; i < depth.length; i++) {
    if (!(depth[i]! > 0)) continue;
    const cell = Math.floor(Math.floor(i / width) / scale) * size.width + Math.floor((i % width) / scale);
    if (cells[cell] === 0 || depth[i]! < cells[cell]!) cells[cell] = depth[i]!;
  }
  return { ...size, depth: cells, intrinsics: scaledIntrinsics(intrinsics, scale, scale), worldFromCam };
}

function stemOf(folder: string, { name }: Drive, key: string): string {
  return joinPath(folder, name, key);
}

function encodeList(
  drives: readonly Drive[],
  pairs: readonly (readonly [drive: number, first: string, second: string])[],
): Uint8Array {
  const frames = [...new Set(drives.flatMap((drive) => drive.frames))].sort();
  const numbers = new Map(frames.map((frame, i) => [frame, i]));
  const rows = pairs.flatMap(([drive, first, second]) => [drive, numbers.get(first)!, numbers.get(second)!]);
  return encodeNpz({
    scenes: { shape: [drives.length], data: drives.map(({ name }) => name) },
    frames: { shape: [frames.length], data: frames },
    pairs: { shape: [pairs.length, 3], data: Int32Array.from(rows) },
  });
}
