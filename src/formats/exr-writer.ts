import { zlibSync } from "fflate";
import { EXR_MAGIC, type ExrImage } from "./exr.ts";

const ZIP = 3;
const ROWS_PER_BLOCK = 16;
const FLOAT = 2;
/** OpenEXR's own choice: half the time of the usual 6, and hardly larger. */
const LEVEL = 4;

/** The bytes of an OpenEXR picture: scan lines of 32-bit floats with ZIP compression, which loses nothing. */
export function encodeExr({ width, height, channels }: ExrImage): Uint8Array {
  // Readers rely on the channels' order.
  const planes = [...channels].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, { length }] of planes) {
    if (length !== width * height)
      throw new RangeError(`${name}: ${width}x${height} values are needed, found ${length}`);
  }
  const head = header(
    { width, height },
    planes.map(([name]) => name),
  );
  const blocks = Array.from({ length: Math.ceil(height / ROWS_PER_BLOCK) }, (_, i) => {
    const [first, end] = [i * ROWS_PER_BLOCK, Math.min(height, (i + 1) * ROWS_PER_BLOCK)];
    return block(
      first,
      planes.map(([, plane]) => plane),
      { width, end },
    );
  });
  let offset = head.length + 8 * blocks.length;
  const offsets = blocks.map(({ length }) => {
    offset += length;
    return integers(offset - length, 0);
  });
  return joined([head, ...offsets, ...blocks]);
}

function header({ width, height }: Pick<ExrImage, "width" | "height">, names: readonly string[]): Uint8Array {
  const window = integers(0, 0, width - 1, height - 1);
  const channels = names.flatMap((name) => [zeroTerminated(name), integers(FLOAT, 0, 1, 1)]);
  return joined([
    integers(EXR_MAGIC, 2),
    attribute("channels", "chlist", joined([...channels, Uint8Array.of(0)])),
    attribute("compression", "compression", Uint8Array.of(ZIP)),
    attribute("dataWindow", "box2i", window),
    attribute("displayWindow", "box2i", window),
    attribute("lineOrder", "lineOrder", Uint8Array.of(0)),
    attribute("pixelAspectRatio", "float", floats(1)),
    attribute("screenWindowCenter", "v2f", floats(0, 0)),
    attribute("screenWindowWidth", "float", floats(1)),
    Uint8Array.of(0),
  ]);
}

function attribute(name: string, type: string, value: Uint8Array): Uint8Array {
  return joined([zeroTerminated(name), zeroTerminated(type), integers(value.length), value]);
}

/** Rows up to `end`, compressed where that makes them smaller. */
function block(
  first: number,
  planes: readonly Float32Array[],
  { width, end }: { readonly width: number; readonly end: number },
): Uint8Array {
  const rows: Uint8Array[] = [];
  for (let row = first; row < end; row++) {
    for (const plane of planes) rows.push(new Uint8Array(plane.slice(row * width, (row + 1) * width).buffer));
  }
  const raw = joined(rows);
  const zipped = zlibSync(differences(raw), { level: LEVEL });
  const packed = zipped.length < raw.length ? zipped : raw;
  return joined([integers(first, packed.length), packed]);
}

/** Even bytes before odd ones, each as the difference from the one before: what deflate then makes the most of. */
function differences(bytes: Uint8Array): Uint8Array {
  const half = Math.ceil(bytes.length / 2);
  const result = new Uint8Array(bytes.length);
  let before = 128;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i < half ? 2 * i : 2 * (i - half) + 1]!;
    result[i] = byte - before + 128;
    before = byte;
  }
  return result;
}

function integers(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

function floats(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

function zeroTerminated(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
