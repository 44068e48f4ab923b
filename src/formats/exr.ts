import type { Size } from "../core/view.ts";
import { BinaryReader } from "./binary-reader.ts";
import { widenHalf } from "./float16.ts";
import { inflateExactly, MOST_EXPANSION } from "./inflate.ts";

/** A picture of float channels. OpenEXR calls depth `Z`, luminance `Y`, colors `R`, `G` and `B`. */
export interface ExrImage extends Size {
  /** Each `[height, width]`. */
  readonly channels: ReadonlyMap<string, Float32Array>;
}

export const EXR_MAGIC = 20000630;
/** How many rows are compressed together, by compression. */
const ROWS_PER_BLOCK: Readonly<Record<string, number>> = { NONE: 1, ZIPS: 1, ZIP: 16 };
const COMPRESSIONS = ["NONE", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB"];
const PIXEL_TYPES = ["UINT", "HALF", "FLOAT"] as const;
/** Flags of the version field: tiles, deep pixels, several parts. */
const UNREADABLE = 0x1a00;

interface Channel {
  readonly name: string;
  readonly type: (typeof PIXEL_TYPES)[number];
}

interface ExrHeader extends Size {
  readonly channels: readonly Channel[];
  readonly compression: string;
  /** The number of the top row, which need not be 0. */
  readonly top: number;
}

/**
 * All channels of an OpenEXR picture in scan lines, uncompressed or ZIP. Throws a `FormatError` for damaged files, and
 * for tiles, several parts and other compressions, naming them.
 */
export function decodeExr(bytes: Uint8Array, path: string): ExrImage {
  const reader = new BinaryReader(bytes, path);
  const header = readHeader(reader);
  const { width, height, channels, compression, top } = header;
  const rowBytes = channels.reduce((sum, { type }) => sum + width * bytesOf(type), 0);
  if (rowBytes * height > MOST_EXPANSION * bytes.length) {
    throw reader.failure(`it claims ${width}x${height} pixels, more than ${bytes.length} bytes can hold`, 0);
  }
  const planes = channels.map(() => new Float32Array(width * height));
  const rowsPerBlock = ROWS_PER_BLOCK[compression]!;
  const blocks = Math.ceil(height / rowsPerBlock);
  reader.take(8 * blocks, "the table of blocks");
  for (let block = 0; block < blocks; block++) {
    const start = reader.offset;
    const row = reader.int32("a block's row") - top;
    const rows = Math.min(rowsPerBlock, height - row);
    if (row < 0 || row >= height || row % rowsPerBlock !== 0)
      throw reader.failure(`no block starts in row ${row}`, start);
    const packed = reader.take(reader.uint32("a block's size"), "a block");
    const unpacked =
      packed.length === rows * rowBytes
        ? packed
        : joinHalves(inflateExactly(packed, rows * rowBytes, { wrapping: "zlib", path, offset: start }));
    storeRows(unpacked, row, header, planes);
  }
  return { width, height, channels: new Map(channels.map(({ name }, i) => [name, planes[i]!])) };
}

function readHeader(reader: BinaryReader): ExrHeader {
  if (reader.uint32("the magic number") !== EXR_MAGIC) throw reader.failure("not an OpenEXR file", 0);
  if ((reader.uint32("the version") & UNREADABLE) !== 0) {
    throw reader.failure("holds tiles, deep pixels or several parts; one part of scan lines is expected", 4);
  }
  const attributes = new Map<string, BinaryReader>();
  for (;;) {
    const name = reader.zeroTerminated("an attribute's name");
    if (name === "") break;
    reader.zeroTerminated(`${name}'s type`);
    attributes.set(name, reader.within(reader.uint32(`${name}'s size`), name));
  }
  const attribute = (name: string): BinaryReader => {
    const found = attributes.get(name);
    if (found === undefined) throw reader.failure(`its header has no ${name}`);
    return found;
  };
  const compression = COMPRESSIONS[attribute("compression").uint8("the compression")] ?? "unknown";
  if (ROWS_PER_BLOCK[compression] === undefined) {
    throw reader.failure(`its compression is ${compression}; NONE, ZIPS or ZIP is expected`);
  }
  const window = attribute("dataWindow");
  const [left, top, right, bottom] = [0, 1, 2, 3].map(() => window.int32("the data window")) as [
    number,
    number,
    number,
    number,
  ];
  const [width, height] = [right - left + 1, bottom - top + 1];
  if (width < 1 || height < 1) throw reader.failure(`its data window is empty: ${width}x${height}`);
  return { width, height, top, compression, channels: readChannels(attribute("channels")) };
}

function readChannels(reader: BinaryReader): Channel[] {
  const channels: Channel[] = [];
  for (;;) {
    const name = reader.zeroTerminated("a channel's name");
    if (name === "") return channels;
    const type = PIXEL_TYPES[reader.int32(`channel ${name}'s type`)];
    if (type === undefined) throw reader.failure(`channel ${name} has an unknown type`);
    reader.take(4, `channel ${name}'s flags`);
    const [across, down] = [reader.int32("a sampling"), reader.int32("a sampling")];
    if (across !== 1 || down !== 1) throw reader.failure(`channel ${name} has fewer pixels than the picture`);
    channels.push({ name, type });
  }
}

/** Undoes, in this order, the differences and the separation of low and high bytes. */
function joinHalves(bytes: Uint8Array): Uint8Array {
  const size = bytes.length;
  for (let i = 1; i < size; i++) bytes[i] = bytes[i - 1]! + bytes[i]! - 128;
  const half = Math.ceil(size / 2);
  const joined = new Uint8Array(size);
  for (let i = 0; i < size; i++) joined[i] = bytes[(i >> 1) + (i & 1 ? half : 0)]!;
  return joined;
}

/** Rows follow each other; in a row, channel follows channel. */
function storeRows(
  bytes: Uint8Array,
  firstRow: number,
  { width, channels }: ExrHeader,
  planes: readonly Float32Array[],
): void {
  let at = 0;
  for (let row = firstRow; at < bytes.length; row++) {
    for (const [i, { type }] of channels.entries()) {
      const size = width * bytesOf(type);
      // The copy aligns them.
      const { buffer } = new Uint8Array(bytes.subarray(at, at + size));
      planes[i]!.set(decodeValues(buffer, type), row * width);
      at += size;
    }
  }
}

function decodeValues(buffer: ArrayBuffer, type: Channel["type"]): ArrayLike<number> {
  if (type === "HALF") return widenHalf(new Uint16Array(buffer));
  return type === "FLOAT" ? new Float32Array(buffer) : new Uint32Array(buffer);
}

function bytesOf(type: Channel["type"]): number {
  return type === "HALF" ? 2 : 4;
}
