import { CAMERA_MODELS } from "./camera-models.ts";
import { type ColmapCamera, type ColmapImage, type ColmapPoints, NO_POINT } from "./model.ts";

/** The bytes of `cameras.bin`. */
export function encodeCameras(cameras: Iterable<ColmapCamera>): Uint8Array {
  const list = [...cameras];
  const writer = new BinaryWriter(list.reduce((sum, { params }) => sum + 24 + 8 * params.length, 8));
  writer.uint64(list.length);
  for (const { id, model, width, height, params } of list) {
    writer.uint32(id);
    writer.uint32(CAMERA_MODELS.indexOf(model));
    writer.uint64(width);
    writer.uint64(height);
    for (const value of params) writer.float64(value);
  }
  return writer.bytes;
}

/** The bytes of `images.bin`. */
export function encodeImages(images: readonly ColmapImage[]): Uint8Array {
  const names = images.map(({ name }) => new TextEncoder().encode(`${name}\0`));
  const size = images.reduce((sum, { pointIds }, i) => sum + 72 + names[i]!.length + 24 * pointIds.length, 8);
  const writer = new BinaryWriter(size);
  writer.uint64(images.length);
  for (const [i, { id, quaternion, translation, cameraId, keypoints, pointIds }] of images.entries()) {
    writer.uint32(id);
    for (const value of [...quaternion, ...translation]) writer.float64(value);
    writer.uint32(cameraId);
    writer.raw(names[i]!);
    writer.uint64(pointIds.length);
    for (const [k, pointId] of pointIds.entries()) {
      writer.float64(keypoints[2 * k]!);
      writer.float64(keypoints[2 * k + 1]!);
      if (pointId === NO_POINT) writer.raw(NO_POINT_BYTES);
      else writer.uint64(pointId);
    }
  }
  return writer.bytes;
}

/** The bytes of `points3D.bin`. */
export function encodePoints({ ids, positions, colors, errors, trackStarts, tracks }: ColmapPoints): Uint8Array {
  const writer = new BinaryWriter(8 + 51 * ids.length + 4 * tracks.length);
  writer.uint64(ids.length);
  for (const [i, id] of ids.entries()) {
    writer.uint64(id);
    for (let k = 0; k < 3; k++) writer.float64(positions[3 * i + k]!);
    writer.raw(colors.subarray(3 * i, 3 * i + 3));
    writer.float64(errors[i]!);
    const track = tracks.subarray(2 * trackStarts[i]!, 2 * trackStarts[i + 1]!);
    writer.uint64(track.length / 2);
    for (const value of track) writer.uint32(value);
  }
  return writer.bytes;
}

const NO_POINT_BYTES = new Uint8Array(8).fill(0xff);

/** Little-endian numbers, one after the other, into bytes of a size known before. */
class BinaryWriter {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  uint32(value: number): void {
    this.#view.setUint32(this.#advance(4), value, true);
  }

  uint64(value: number): void {
    this.#view.setBigUint64(this.#advance(8), BigInt(value), true);
  }

  float64(value: number): void {
    this.#view.setFloat64(this.#advance(8), value, true);
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#advance(bytes.length));
  }

  #advance(length: number): number {
    this.#offset += length;
    return this.#offset - length;
  }
}
