import { BinaryReader } from "../binary-reader.ts";
import { CAMERA_MODELS, CAMERA_PARAMETERS } from "./camera-models.ts";
import { type ColmapCamera, type ColmapImage, type ColmapPoints, NO_POINT } from "./model.ts";

const CAMERA_BYTES = 24;
const IMAGE_BYTES = 4 + 7 * 8 + 4 + 1 + 8;
const KEYPOINT_BYTES = 24;
const POINT_BYTES = 8 + 24 + 3 + 8 + 8;
const OBSERVATION_BYTES = 8;
const NO_POINT_BITS = 0xffffffff;

/** The content of `cameras.bin`; a `FormatError` for anything else. */
export function decodeCameras(bytes: Uint8Array, path: string): ColmapCamera[] {
  const reader = new BinaryReader(bytes, path);
  const count = reader.count("the number of cameras", CAMERA_BYTES);
  const cameras = Array.from({ length: count }, (_, i): ColmapCamera => {
    const id = reader.uint32(`camera ${i}'s id`);
    const number = reader.int32(`camera ${id}'s model`);
    const model = CAMERA_MODELS[number];
    if (model === undefined) throw reader.failure(`camera ${id} has the unknown model ${number}`, reader.offset - 4);
    const width = reader.uint64(`camera ${id}'s width`);
    const height = reader.uint64(`camera ${id}'s height`);
    const params = CAMERA_PARAMETERS[model].map((name) => reader.float64(`camera ${id}'s ${name}`));
    return { id, model, width, height, params };
  });
  reader.end();
  return cameras;
}

/** The content of `images.bin`; a `FormatError` for anything else. */
export function decodeImages(bytes: Uint8Array, path: string): ColmapImage[] {
  const reader = new BinaryReader(bytes, path);
  const count = reader.count("the number of images", IMAGE_BYTES);
  const images = Array.from({ length: count }, (_, i) => decodeImage(reader, i));
  reader.end();
  return images;
}

function decodeImage(reader: BinaryReader, index: number): ColmapImage {
  const id = reader.uint32(`image ${index}'s id`);
  const number = (field: string): number => reader.float64(`image ${id}'s ${field}`);
  const quaternion = [number("qw"), number("qx"), number("qy"), number("qz")] as const;
  const translation = [number("tx"), number("ty"), number("tz")] as const;
  const cameraId = reader.uint32(`image ${id}'s camera`);
  const name = reader.zeroTerminated(`image ${id}'s name`);
  const count = reader.count(`${name}'s number of keypoints`, KEYPOINT_BYTES);
  const keypoints = new Float64Array(2 * count);
  const pointIds = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    keypoints[2 * k] = reader.float64(`${name}'s keypoint ${k}`);
    keypoints[2 * k + 1] = reader.float64(`${name}'s keypoint ${k}`);
    pointIds[k] = decodePointId(reader, name);
  }
  return { id, cameraId, name, quaternion, translation, keypoints, pointIds };
}

/** All bits set mean that there is no point. */
function decodePointId(reader: BinaryReader, name: string): number {
  const low = reader.uint32(`${name}'s point`);
  const high = reader.uint32(`${name}'s point`);
  if (low === NO_POINT_BITS && high === NO_POINT_BITS) return NO_POINT;
  if (high < 2 ** 21) return high * 2 ** 32 + low;
  throw reader.failure(`a keypoint of ${name} shows a point with an id beyond 2^53`, reader.offset - 8);
}

/** The content of `points3D.bin`; a `FormatError` for anything else. */
export function decodePoints(bytes: Uint8Array, path: string): ColmapPoints {
  const observations = countObservations(new BinaryReader(bytes, path));
  const reader = new BinaryReader(bytes, path);
  const count = reader.count("the number of points", POINT_BYTES);
  const points = {
    ids: new Float64Array(count),
    positions: new Float64Array(3 * count),
    colors: new Uint8Array(3 * count),
    errors: new Float64Array(count),
    trackStarts: new Uint32Array(count + 1),
    tracks: new Uint32Array(2 * observations),
  };
  for (let i = 0, at = 0; i < count; i++) {
    points.ids[i] = reader.uint64(`point ${i}'s id`);
    for (let k = 0; k < 3; k++) points.positions[3 * i + k] = reader.float64(`point ${i}'s position`);
    points.colors.set(reader.take(3, `point ${i}'s color`), 3 * i);
    points.errors[i] = reader.float64(`point ${i}'s error`);
    const length = reader.uint64(`point ${i}'s track length`);
    for (let k = 0; k < 2 * length; k++, at++) points.tracks[at] = reader.uint32(`point ${i}'s track`);
    points.trackStarts[i + 1] = at / 2;
  }
  return points;
}

/** Reads over all points, so that the columns can be made in their final size. */
function countObservations(reader: BinaryReader): number {
  const count = reader.count("the number of points", POINT_BYTES);
  let observations = 0;
  for (let i = 0; i < count; i++) {
    reader.take(POINT_BYTES - 8, `point ${i}`);
    const length = reader.count(`point ${i}'s track length`, OBSERVATION_BYTES);
    reader.take(OBSERVATION_BYTES * length, `point ${i}'s track`);
    observations += length;
  }
  reader.end();
  return observations;
}
