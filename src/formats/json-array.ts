import type { ByteSource } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { parsePythonJson } from "./python-json.ts";

const CHUNK = 2 ** 20;
/** Lists of annotations compress to a twentieth. */
const MOST_EXPANSION = 100;
/** Beyond this an entry is no entry. */
const MOST_ENTRY_BYTES = 2 ** 26;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The objects in a JSON file that is one long list of them, one after another: the whole may be larger than memory. The
 * file may be compressed with gzip (`.jgz`). Throws a `FormatError` where it is damaged or cut off.
 */
export async function* readJsonArray(source: ByteSource): AsyncGenerator<unknown> {
  let entry = new Uint8Array(CHUNK);
  let [length, depth, inText, escaped, ended] = [0, 0, false, false, false];
  for await (const chunk of unzipped(source)) {
    for (const byte of chunk) {
      if (depth >= 2) {
        if (length === MOST_ENTRY_BYTES) throw new FormatError(source.name, `an entry has more than ${length} bytes`);
        if (length === entry.length) entry = grown(entry);
        entry[length++] = byte;
      }
      if (inText) {
        inText = escaped || byte !== QUOTE;
        escaped = !escaped && byte === BACKSLASH;
      } else if (byte === QUOTE) inText = true;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        if (depth === 0 && byte !== OPEN_LIST) throw new FormatError(source.name, "expected a list");
        if (++depth === 2) entry[length++] = byte;
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (--depth === 1) {
          yield parsePythonJson(source.name, new TextDecoder().decode(entry.subarray(0, length)));
          length = 0;
        }
        ended = depth === 0;
      }
    }
  }
  if (!ended) throw new FormatError(source.name, "it is cut off, or no JSON list of objects");
}

function grown(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}

async function* unzipped(source: ByteSource): AsyncGenerator<Uint8Array> {
  const head = await source.read(0, Math.min(2, source.size));
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* chunksOf(source);
    return;
  }
  const reader = streamOf(source).pipeThrough(new DecompressionStream("gzip")).getReader();
  let left = MOST_EXPANSION * source.size;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new FormatError(source.name, "its compressed content is damaged or cut off", { cause });
    });
    if (done) return;
    left -= value.length;
    if (left < 0) throw new FormatError(source.name, `it unpacks to more than ${MOST_EXPANSION} times its size`);
    yield value;
  }
}

async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let offset = 0; offset < source.size; offset += CHUNK) {
    // The copy is a plain array, whatever the source reads into.
    yield new Uint8Array(await source.read(offset, Math.min(CHUNK, source.size - offset)));
  }
}

function streamOf(source: ByteSource): ReadableStream<BufferSource> {
  const chunks = chunksOf(source);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}
