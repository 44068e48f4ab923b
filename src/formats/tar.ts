import type { ByteSource } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";

/** One file in a tar archive. */
export interface TarEntry {
  /** At most 100 bytes of ASCII. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
const ascii = new TextEncoder();

/** The bytes of one entry (POSIX ustar, dated 1970 so that equal contents give equal archives). */
export function encodeTarEntry({ name, bytes }: TarEntry): Uint8Array {
  const encoded = ascii.encode(name);
  if (encoded.length > 100) throw new RangeError(`a tar entry's name has at most 100 bytes: ${name}`);
  const archive = new Uint8Array(BLOCK + Math.ceil(bytes.length / BLOCK) * BLOCK);
  const put = (text: string, at: number): void => archive.set(ascii.encode(text), at);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  archive.set(encoded, 0);
  put(octal(0o644, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(bytes.length, 11), 124);
  put(octal(0, 11), 136);
  put("0", 156);
  put("ustar\x0000", 257);
  put(`${octal(checksum(archive), 6)}\0 `, 148);
  archive.set(bytes, BLOCK);
  return archive;
}

/** What ends an archive. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

/** Sum of a header's bytes, its checksum field counted as spaces. */
function checksum(header: Uint8Array): number {
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0 : header[i]!;
  return sum;
}

/** Where a file lies in an archive. */
export interface TarLocation {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** Where the files of an archive lie; only headers are read. A `FormatError` where it is cut off or damaged. */
export async function* listTar(source: ByteSource): AsyncGenerator<TarLocation> {
  for (let offset = 0; ; ) {
    const problem = (what: string): FormatError => new FormatError(source.name, what, { offset });
    if (offset + BLOCK > source.size) throw problem("the tar archive is cut off");
    const header = await source.read(offset, BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const text = (at: number, length: number): string =>
      new TextDecoder("latin1").decode(header.subarray(at, at + length)).replace(/[\0 ].*$/s, "");
    if (Number.parseInt(text(148, 8), 8) !== checksum(header)) throw problem("not a tar header, or a damaged one");
    const size = Number.parseInt(text(124, 12), 8);
    if (!(size >= 0 && offset + BLOCK + size <= source.size)) throw problem("the tar archive is cut off");
    const isFile = text(156, 1) === "0" || text(156, 1) === "";
    if (isFile) yield { name: text(0, 100), offset: offset + BLOCK, size };
    offset += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}
