/** Compresses a stream of bytes in zlib's wrapping, at the only level that browsers have. */
export async function deflateFast(bytes: ReadableStream<BufferSource>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(bytes.pipeThrough(new CompressionStream("deflate"))).arrayBuffer());
}
