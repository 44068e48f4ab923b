import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import type { Pose } from "../src/core/camera.ts";
import type { RgbdView } from "../src/rgbd/rgbd-view.ts";

// Files as the makers of data sets write them, byte by byte from the formats' documentation: our own writers could share
// a mistake with our readers.

/** Writes a file, its folder included. */
export function put(folder: string, path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** A JPEG of hardly any loss. */
export function jpeg({ width, height, rgb }: RgbdView): Promise<Buffer> {
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 98, chromaSubsampling: "4:4:4" })
    .toBuffer();
}

/** A PNG of 8-bit colors. */
export function png({ width, height, rgb }: RgbdView): Promise<Buffer> {
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** A gray PNG of 16 bits. */
export function png16({ width, height }: RgbdView, values: ArrayLike<number>): Promise<Buffer> {
  return sharp(Uint16Array.from(values), { raw: { width, height, channels: 1 } })
    .toColourspace("grey16")
    .png()
    .toBuffer();
}

/** A gray PNG of 8 bits. */
export function png8({ width, height }: RgbdView, values: ArrayLike<number>): Promise<Buffer> {
  return sharp(Uint8Array.from(values), { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toBuffer();
}

/** Depth as a PNG of whole millimeters. */
export function depthPng(view: RgbdView): Promise<Buffer> {
  return png16(
    view,
    Array.from(view.depth, (z) => Math.round(1000 * z)),
  );
}

/** An `.npy` file. */
export function npy(descr: string, shape: readonly number[], body: Uint8Array): Buffer {
  const type = descr.startsWith("[") ? descr : `'${descr}'`;
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': ${type}, 'fortran_order': False, 'shape': (${tuple}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const head = Buffer.from(`\x93NUMPY\x01\x00`, "latin1");
  const size = Buffer.alloc(2);
  size.writeUInt16LE(length);
  return Buffer.concat([head, size, Buffer.from(`${text.padEnd(length - 1)}\n`), body]);
}

/** An `.npy` file of doubles. */
export function npyDoubles(shape: readonly number[], values: Iterable<number>): Buffer {
  return npy("<f8", shape, new Uint8Array(Float64Array.from(values).buffer));
}

/** An `.npy` file of floats. */
export function npyFloats(shape: readonly number[], values: Iterable<number>): Buffer {
  return npy("<f4", shape, new Uint8Array(Float32Array.from(values).buffer));
}

/** An `.npy` file of 64-bit integers. */
export function npyIntegers(shape: readonly number[], values: Iterable<number>): Buffer {
  return npy("<i8", shape, new Uint8Array(BigInt64Array.from(Array.from(values, BigInt)).buffer));
}

/** An `.npy` file of strings. */
export function npyTexts(texts: readonly string[]): Buffer {
  const length = Math.max(...texts.map((text) => text.length));
  const codes = texts.flatMap((text) => Array.from({ length }, (_, i) => text.charCodeAt(i) || 0));
  return npy(`<U${length}`, [texts.length], new Uint8Array(Uint32Array.from(codes).buffer));
}

/** A zip archive of stored files, as `numpy.savez` writes it. */
export function npz(arrays: Readonly<Record<string, Buffer>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(arrays)) {
    const file = Buffer.from(`${name}.npy`);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt32LE(crc32(content), 14);
    local.writeUInt32LE(content.length, 18);
    local.writeUInt32LE(content.length, 22);
    local.writeUInt16LE(file.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    local.copy(central, 6, 4, 30);
    central.writeUInt32LE(offset, 42);
    bodies.push(local, file, content);
    directory.push(central, file);
    offset += local.length + file.length + content.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(
    directory.reduce((sum, part) => sum + part.length, 0),
    12,
  );
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}

/** The calibration matrix's numbers, row by row. */
export function calibration({ intrinsics: { fx, fy, cx, cy } }: RgbdView): number[] {
  return [fx, 0, cx, 0, fy, cy, 0, 0, 1];
}

/** The rotation's numbers, row by row. */
export function rotationPart(pose: Pose): number[] {
  return [0, 1, 2, 4, 5, 6, 8, 9, 10].map((i) => pose[i]!);
}

/** The translation. */
export function translationPart(pose: Pose): number[] {
  return [3, 7, 11].map((i) => pose[i]!);
}

/** An OpenEXR picture of one channel of floats, not compressed. */
export function exr({ width, height, depth }: RgbdView): Buffer {
  const zeroEnded = (text: string): Buffer => Buffer.from(`${text}\0`);
  const int32 = (...values: readonly number[]): Buffer => Buffer.from(Int32Array.from(values).buffer);
  const attribute = (name: string, type: string, value: Buffer): Buffer =>
    Buffer.concat([zeroEnded(name), zeroEnded(type), int32(value.length), value]);
  const window = int32(0, 0, width - 1, height - 1);
  const float = (value: number): Buffer => Buffer.from(Float32Array.of(value).buffer);
  const header = Buffer.concat([
    int32(20000630, 2),
    attribute("channels", "chlist", Buffer.concat([zeroEnded("Y"), int32(2, 0, 1, 1), Buffer.of(0)])),
    attribute("compression", "compression", Buffer.of(0)),
    attribute("dataWindow", "box2i", window),
    attribute("displayWindow", "box2i", window),
    attribute("lineOrder", "lineOrder", Buffer.of(0)),
    attribute("pixelAspectRatio", "float", float(1)),
    attribute("screenWindowCenter", "v2f", Buffer.concat([float(0), float(0)])),
    attribute("screenWindowWidth", "float", float(1)),
    Buffer.of(0),
  ]);
  const rowBytes = 8 + 4 * width;
  const offsets = Buffer.alloc(8 * height);
  const rows = Array.from({ length: height }, (_, y) => {
    offsets.writeBigUInt64LE(BigInt(header.length + offsets.length + y * rowBytes), 8 * y);
    return Buffer.concat([int32(y, 4 * width), Buffer.from(depth.slice(y * width, (y + 1) * width).buffer)]);
  });
  return Buffer.concat([header, offsets, ...rows]);
}

/** Writes a frame in the three files of one name that several prepared sets have. */
export async function putPhotoExrCamera(folder: string, stem: string, view: RgbdView): Promise<void> {
  put(folder, `${stem}.jpg`, await jpeg(view));
  put(folder, `${stem}.exr`, exr(view));
  put(
    folder,
    `${stem}.npz`,
    npz({ intrinsics: npyFloats([3, 3], calibration(view)), cam2world: npyFloats([4, 4], view.worldFromCam) }),
  );
}
