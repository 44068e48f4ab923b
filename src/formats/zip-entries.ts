import type { ByteSource } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { inflateExactly } from "./inflate.ts";

/** One member of a zip archive, as its central directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** Only stored bytes can be used in place; encrypted ones, and those packed in other ways, are of no use. */
  readonly packing: "stored" | "deflated" | "other";
  /** Bytes in the archive. */
  readonly byteLength: number;
  /** Bytes of the file that was put in. */
  readonly unpackedLength: number;
  /** Byte offset of the local header, which the bytes follow. */
  readonly headerOffset: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const END_OF_DIRECTORY_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;

/** The methods of compression by number. */
const PACKINGS: Readonly<Record<number, ZipEntry["packing"]>> = { 0: "stored", 8: "deflated" };

/** Half a million entries: far above any checkpoint's thousands. */
const MAX_DIRECTORY_BYTES = 2 ** 25;

/** Reads the central directory of a zip archive (zip64 included), by name. Throws a `FormatError` if it is damaged. */
export async function readZipEntries(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  const directory = await findDirectory(source);
  const view = viewOf(await source.read(directory.offset, directory.byteLength));
  const entries = new Map<string, ZipEntry>();
  let position = 0;
  for (let i = 0; i < directory.count; i++) {
    if (position + 46 > view.byteLength || view.getUint32(position, true) !== DIRECTORY_ENTRY) {
      throw damaged(source, `entry ${i} of its directory is not one`, directory.offset + position);
    }
    const nameLength = view.getUint16(position + 28, true);
    const extraLength = view.getUint16(position + 30, true);
    const length = 46 + nameLength + extraLength + view.getUint16(position + 32, true);
    if (position + length > view.byteLength) {
      throw damaged(source, `entry ${i} of its directory is cut off`, directory.offset + position);
    }
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + position + 46, nameLength));
    if (entries.has(name)) throw damaged(source, `it holds ${name} twice`, directory.offset + position);
    const extra = new DataView(view.buffer, view.byteOffset + position + 46 + nameLength, extraLength);
    const sizes = [view.getUint32(position + 24, true), view.getUint32(position + 20, true)];
    const [unpackedLength = 0, byteLength = 0, headerOffset = 0] = wideNumbers(
      [...sizes, view.getUint32(position + 42, true)],
      extra,
    );
    const encrypted = (view.getUint16(position + 8, true) & 1) === 1;
    const packing = encrypted ? "other" : (PACKINGS[view.getUint16(position + 10, true)] ?? "other");
    entries.set(name, { name, packing, byteLength, unpackedLength, headerOffset });
    position += length;
  }
  return entries;
}

/** Byte offset at which a stored entry's own bytes begin. Throws a `FormatError` when they cannot be read in place. */
export async function zipDataOffset(source: ByteSource, entry: ZipEntry): Promise<number> {
  if (entry.packing === "stored") return await packedOffset(source, entry);
  throw new FormatError(
    source.name,
    `${entry.name} is compressed or encrypted inside the archive; PyTorch stores it as it is`,
  );
}

/** An entry's own bytes, as they stand in the archive. */
export async function readPacked(source: ByteSource, entry: ZipEntry): Promise<Uint8Array> {
  return source.read(await packedOffset(source, entry), entry.byteLength);
}

/** The bytes of the file that was put in, from the entry's own; a `FormatError` when they are damaged, or more than it says. */
export function unpackZipEntry(packed: Uint8Array, entry: ZipEntry, path: string): Uint8Array {
  const { name, packing, unpackedLength } = entry;
  if (packing === "deflated")
    return inflateExactly(packed, unpackedLength, { wrapping: "none", path: `${path}/${name}` });
  if (packing === "stored" && packed.length === unpackedLength) return packed;
  throw new FormatError(`${path}/${name}`, "is encrypted, damaged, or compressed otherwise than by deflate");
}

async function packedOffset(source: ByteSource, { name, byteLength, headerOffset }: ZipEntry): Promise<number> {
  if (headerOffset + 30 > source.size) throw damaged(source, `${name} lies outside of the file`, headerOffset);
  const header = viewOf(await source.read(headerOffset, 30));
  if (header.getUint32(0, true) !== LOCAL_HEADER) throw damaged(source, `${name} has no header`, headerOffset);
  // The directory's extra field may differ in length from this one: PyTorch pads it to align the data.
  const offset = headerOffset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (offset + byteLength > source.size) throw damaged(source, `${name} lies outside of the file`, headerOffset);
  return offset;
}

interface Directory {
  readonly offset: number;
  readonly byteLength: number;
  readonly count: number;
}

async function findDirectory(source: ByteSource): Promise<Directory> {
  // The record is 22 bytes and a comment of at most 65,535.
  const tailStart = Math.max(0, source.size - 22 - 65535);
  const tail = viewOf(await source.read(tailStart, source.size - tailStart));
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== END_OF_DIRECTORY) end--;
  if (end < 0) throw damaged(source, "it has no directory at its end: it is truncated or not an archive", source.size);

  let count = tail.getUint16(end + 10, true);
  let byteLength = tail.getUint32(end + 12, true);
  let offset = tail.getUint32(end + 16, true);
  const locator = end - 20;
  if (locator >= 0 && tail.getUint32(locator, true) === LOCATOR_64) {
    const at = Number(tail.getBigUint64(locator + 8, true));
    if (at + 56 > source.size) throw damaged(source, "its 64-bit directory record lies outside of the file", at);
    const record = viewOf(await source.read(at, 56));
    if (record.getUint32(0, true) !== END_OF_DIRECTORY_64)
      throw damaged(source, "it has no 64-bit directory record", at);
    count = Number(record.getBigUint64(32, true));
    byteLength = Number(record.getBigUint64(40, true));
    offset = Number(record.getBigUint64(48, true));
  }
  if (byteLength > MAX_DIRECTORY_BYTES) throw damaged(source, `its directory claims ${byteLength} bytes`, offset);
  if (offset + byteLength > source.size) throw damaged(source, "its directory lies outside of the file", offset);
  return { offset, byteLength, count };
}

/** Replaces the 32-bit numbers that are all ones by the 64-bit ones of the zip64 extra field, which lists just those. */
function wideNumbers(numbers: readonly number[], extra: DataView): number[] {
  let wide: DataView | undefined;
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const length = Math.min(extra.getUint16(at + 2, true), extra.byteLength - at - 4);
    if (extra.getUint16(at, true) === 1) wide = new DataView(extra.buffer, extra.byteOffset + at + 4, length);
    at += 4 + length;
  }
  let position = 0;
  return numbers.map((number) => {
    if (number !== 0xffffffff || wide === undefined || position + 8 > wide.byteLength) return number;
    position += 8;
    return Number(wide.getBigUint64(position - 8, true));
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(source: ByteSource, problem: string, offset: number): FormatError {
  return new FormatError(source.name, `damaged archive: ${problem}`, { offset });
}
