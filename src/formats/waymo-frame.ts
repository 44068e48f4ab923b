import { FormatError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";
import { inflateWithin } from "./inflate.ts";
import { type ProtobufFields, readProtobuf, unpackIntegers } from "./protobuf-fields.ts";

/**
 * The few messages of Waymo's `dataset.proto` that photos with depth need; the numbers are the field numbers of
 * https://github.com/waymo-research/waymo-open-dataset/blob/master/src/waymo_open_dataset/dataset.proto.
 */
export interface WaymoFrame {
  /** Of the drive; the same for all of its frames. */
  readonly name: string;
  /** 4×4, row by row: from the vehicle, in the middle of the frame, to the world. */
  readonly worldFromVehicle: Float64Array;
  readonly images: readonly WaymoImage[];
  readonly lasers: readonly WaymoLaser[];
}

/** A photo and its camera, whose axes are x forward, y left and z up. */
export interface WaymoImage extends Size {
  /** 1 to 5: front, front left, front right, side left, side right. */
  readonly camera: number;
  readonly jpeg: Uint8Array;
  /** Focal lengths, principal point and distortion, from the corner of the first pixel. */
  readonly intrinsics: readonly number[];
  readonly vehicleFromCamera: Float64Array;
  /** When the photo was taken. */
  readonly worldFromVehicle: Float64Array;
}

/** A laser's measurements in one revolution. */
export interface WaymoLaser extends Size {
  readonly vehicleFromLaser: Float64Array;
  /** `[height]`, of the rows from the top, in radians above the horizon. */
  readonly inclinations: Float64Array;
  /** `[height, width]`, meters; not positive where nothing came back. */
  readonly ranges: Float32Array;
  /** `[height, width, 6]`: camera, x and y of the pixel, for up to two cameras that see the point; camera 0 is none. */
  readonly projections: Int32Array;
  /** `[height, width, 6]`, roll, pitch, yaw, x, y, z of the vehicle in the world; undefined where it is the frame's. */
  readonly poses: Float32Array | undefined;
}

/** The largest range image has 64 × 2650 cells of six numbers, in up to ten bytes each. */
const MOST_BYTES = 2 ** 24;

/** Reads a `Frame`, with the lasers' first returns; a `FormatError` for what is damaged or incomplete. */
export function readWaymoFrame(bytes: Uint8Array, path: string): WaymoFrame {
  const frame = readProtobuf(bytes, path);
  const context = readProtobuf(required(frame, 1, "context", path), path);
  const calibrations = (field: number): ReadonlyMap<number, ProtobufFields> => {
    const all = context.bytes(field).map((each) => readProtobuf(each, path));
    return new Map(all.map((each) => [each.integer(1), each]));
  };
  const [cameras, lasers] = [calibrations(2), calibrations(3)];
  return {
    name: new TextDecoder().decode(required(context, 1, "name", path)),
    worldFromVehicle: readTransform(frame, 3, "pose", path),
    images: frame.bytes(4).map((each) => readImage(readProtobuf(each, path), cameras, path)),
    lasers: frame.bytes(5).map((each) => readLaser(readProtobuf(each, path), lasers, path)),
  };
}

function readImage(image: ProtobufFields, cameras: ReadonlyMap<number, ProtobufFields>, path: string): WaymoImage {
  const camera = image.integer(1);
  const calibration = cameras.get(camera);
  if (calibration === undefined)
    throw new FormatError(path, `has a photo of camera ${camera}, and no calibration of it`);
  return {
    camera,
    width: calibration.integer(4),
    height: calibration.integer(5),
    jpeg: required(image, 2, "image", path),
    intrinsics: calibration.doubles(2),
    vehicleFromCamera: readTransform(calibration, 3, "extrinsic", path),
    worldFromVehicle: readTransform(image, 3, "pose", path),
  };
}

function readLaser(laser: ProtobufFields, lasers: ReadonlyMap<number, ProtobufFields>, path: string): WaymoLaser {
  const name = laser.integer(1);
  const calibration = lasers.get(name);
  if (calibration === undefined) throw new FormatError(path, `has a scan of laser ${name}, and no calibration of it`);
  const first = readProtobuf(required(laser, 2, "ri_return1", path), path);
  const scan = readMatrix(required(first, 2, "range_image_compressed", path), path);
  const [height = 0, width = 0] = scan.shape;
  const projections = readMatrix(required(first, 3, "camera_projection_compressed", path), path);
  const compressedPoses = first.one(4);
  const poses = compressedPoses === undefined ? undefined : readMatrix(compressedPoses, path);
  return {
    width,
    height,
    vehicleFromLaser: readTransform(calibration, 5, "extrinsic", path),
    inclinations: inclinationsOf(calibration, height, path),
    ranges: checked(floatsOf(scan.packed), scan, [height, width, 4], path).filter((_, i) => i % 4 === 0),
    projections: checked(unpackIntegers(projections.packed, path), projections, [height, width, 6], path),
    poses: poses && checked(floatsOf(poses.packed), poses, [height, width, 6], path),
  };
}

/** In the file they begin at the bottom, or it has their range alone. */
function inclinationsOf(calibration: ProtobufFields, height: number, path: string): Float64Array {
  const listed = calibration.doubles(2);
  if (listed.length > 0) {
    if (listed.length === height) return Float64Array.from(listed).reverse();
    throw new FormatError(path, `has ${listed.length} beam inclinations for a scan of ${height} rows`);
  }
  const [[min = Number.NaN], [max = Number.NaN]] = [calibration.doubles(3), calibration.doubles(4)];
  return Float64Array.from({ length: height }, (_, row) => min + ((height - row - 0.5) / height) * (max - min));
}

/** A matrix whose numbers are still packed. */
interface Matrix {
  readonly shape: readonly number[];
  readonly packed: Uint8Array;
}

function readMatrix(compressed: Uint8Array, path: string): Matrix {
  const matrix = readProtobuf(inflateWithin(compressed, MOST_BYTES, { wrapping: "zlib", path }), path);
  const shape = readProtobuf(required(matrix, 2, "shape", path), path).integers(1);
  return { shape, packed: required(matrix, 1, "data", path) };
}

function checked<T extends ArrayLike<number>>(
  values: T,
  { shape }: Matrix,
  expected: readonly number[],
  path: string,
): T {
  const count = expected.reduce((product, size) => product * size, 1);
  if (String(shape) === String(expected) && values.length === count && count > 0) return values;
  throw new FormatError(path, `has a scan [${shape}] of ${values.length} numbers; [${expected}] is expected`);
}

function floatsOf(packed: Uint8Array): Float32Array {
  return new Float32Array(packed.slice(0, packed.length - (packed.length % 4)).buffer);
}

function readTransform(message: ProtobufFields, field: number, name: string, path: string): Float64Array {
  const values = readProtobuf(required(message, field, name, path), path).doubles(1);
  if (values.length === 16 && values.every(Number.isFinite)) return Float64Array.from(values);
  throw new FormatError(path, `${name} has ${values.length} numbers; 16 finite ones are expected`);
}

function required(message: ProtobufFields, field: number, name: string, path: string): Uint8Array {
  const found = message.one(field);
  if (found === undefined) throw new FormatError(path, `has no ${name}`);
  return found;
}
