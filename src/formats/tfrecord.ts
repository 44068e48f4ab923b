import type { ByteSource } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";

/** Length (8 bytes), its checksum (4), and after the content another checksum (4). */
const HEAD = 12;
const TAIL = 4;
/** Beyond this a length is not one, whatever its checksum says. */
const MOST_BYTES = 2 ** 30;

/** The records of a TFRecord file, one after another; a `FormatError` where it is cut off or damaged. */
export async function* readTfRecords(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < source.size; ) {
    const failure = (what: string): FormatError => new FormatError(source.name, what, { offset });
    if (offset + HEAD > source.size) throw failure("the TFRecord file is cut off");
    const head = await source.read(offset, HEAD);
    const view = new DataView(head.buffer, head.byteOffset, HEAD);
    if (view.getUint32(8, true) !== maskedCrc(head.subarray(0, 8))) {
      throw failure("not a TFRecord file, or a damaged one: a record's length has another checksum");
    }
    const length = Number(view.getBigUint64(0, true));
    if (length > MOST_BYTES) throw failure(`a record claims ${length} bytes`);
    if (offset + HEAD + length + TAIL > source.size) throw failure("the TFRecord file is cut off");
    const content = await source.read(offset + HEAD, length + TAIL);
    const record = content.subarray(0, length);
    const checksum = new DataView(content.buffer, content.byteOffset + length, TAIL).getUint32(0, true);
    if (checksum !== maskedCrc(record)) throw failure("a record is damaged: it has another checksum");
    yield record;
    offset += HEAD + length + TAIL;
  }
}

/** The format's masked CRC-32C: rotated by 15 bits and offset, as a CRC of data that holds CRCs is weak. */
function maskedCrc(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!;
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Castagnoli's polynomial, its bits reversed. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc;
});
