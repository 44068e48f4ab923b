import { FormatError } from "../../core/errors.ts";

const SIZES: Readonly<Record<string, number>> = {
  char: 1,
  uchar: 1,
  int8: 1,
  uint8: 1,
  short: 2,
  ushort: 2,
  int16: 2,
  uint16: 2,
  int: 4,
  uint: 4,
  int32: 4,
  uint32: 4,
  float: 4,
  float32: 4,
  double: 8,
  float64: 8,
};

/** A header is text of a few lines. */
const MOST_HEADER = 2 ** 16;

/** The positions `[n, 3]` of the vertices of a binary little-endian PLY file whose first element they are. */
export function readPlyPoints(bytes: Uint8Array, path: string): Float32Array {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, MOST_HEADER));
  const end = /end_header\r?\n/.exec(text);
  if (!text.startsWith("ply") || end === null) throw new FormatError(path, "is no PLY file");
  const lines = text.slice(0, end.index).split(/\r?\n/);
  if (!lines.some((line) => line.startsWith("format binary_little_endian"))) {
    throw new FormatError(path, "is not in the format binary_little_endian");
  }
  const elements = lines.flatMap((line, i) => (line.startsWith("element ") ? [{ line, i }] : []));
  const [, , countText] = elements[0]?.line.split(" ") ?? [];
  if (!elements[0]?.line.startsWith("element vertex ")) throw new FormatError(path, "does not begin with its vertices");
  const offsets = new Map<string, number>();
  let stride = 0;
  for (const line of lines.slice(elements[0].i + 1, elements[1]?.i)) {
    const [word, type = "", name = ""] = line.split(" ");
    if (word !== "property") continue;
    if (SIZES[type] === undefined) throw new FormatError(path, `has vertices with a property of type ${type}`);
    if (/^[xyz]$/.test(name) && !/^float/.test(type))
      throw new FormatError(path, `has its ${name} as ${type}; float is expected`);
    offsets.set(name, stride);
    stride += SIZES[type];
  }
  const [x, y, z] = [offsets.get("x"), offsets.get("y"), offsets.get("z")];
  if (x === undefined || y === undefined || z === undefined)
    throw new FormatError(path, "has vertices without x, y and z");
  const start = end.index + end[0].length;
  const count = Number(countText);
  if (!Number.isInteger(count) || bytes.length < start + count * stride) {
    throw new FormatError(
      path,
      `says ${countText} vertices of ${stride} bytes and has ${bytes.length - start} bytes of them`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const points = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    points[3 * i] = view.getFloat32(i * stride + x, true);
    points[3 * i + 1] = view.getFloat32(i * stride + y, true);
    points[3 * i + 2] = view.getFloat32(i * stride + z, true);
  }
  return points;
}
