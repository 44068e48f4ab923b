import { FormatError } from "../core/errors.ts";

/** Triangles between points. */
export interface TriangleMesh {
  /** `[vertices, 3]`. */
  readonly positions: Float32Array;
  /** `[triangles, 3]`, indices of vertices. */
  readonly triangles: Uint32Array;
}

type ReadNumber = (view: DataView, at: number) => number;

/** Bytes and reader of every type, by both of its names. */
const TYPES: Readonly<Record<string, { readonly size: number; readonly read: ReadNumber }>> = (() => {
  const int8 = { size: 1, read: (view: DataView, at: number) => view.getInt8(at) };
  const uint8 = { size: 1, read: (view: DataView, at: number) => view.getUint8(at) };
  const int16 = { size: 2, read: (view: DataView, at: number) => view.getInt16(at, true) };
  const uint16 = { size: 2, read: (view: DataView, at: number) => view.getUint16(at, true) };
  const int32 = { size: 4, read: (view: DataView, at: number) => view.getInt32(at, true) };
  const uint32 = { size: 4, read: (view: DataView, at: number) => view.getUint32(at, true) };
  const float32 = { size: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) };
  const float64 = { size: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) };
  const short = { char: int8, uchar: uint8, short: int16, ushort: uint16, int: int32, uint: uint32 };
  return { int8, uint8, int16, uint16, int32, uint32, float32, float64, ...short, float: float32, double: float64 };
})();

/** A header is text of a few lines. */
const MOST_HEADER_BYTES = 2 ** 16;

interface Property {
  readonly name: string;
  readonly type: string;
  /** The type of the number of values, for lists. */
  readonly countType: string | undefined;
}

interface Element {
  readonly name: string;
  readonly count: number;
  readonly properties: readonly Property[];
}

/**
 * The triangles of a binary little-endian PLY file: vertices with x, y and z, and faces of three of them. A `FormatError`
 * for other files, for faces of more corners, and for what is cut off.
 */
export function decodePlyMesh(bytes: Uint8Array, path: string): TriangleMesh {
  const { elements, offset } = parseHeader(bytes, path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = offset;
  let positions: Float32Array | undefined;
  let triangles: Uint32Array | undefined;
  for (const element of elements) {
    if (element.name === "vertex") [positions, at] = readPositions(view, element, at, path);
    else if (element.name === "face") [triangles, at] = readTriangles(view, element, at, path);
    // What follows vertices and faces is of no interest.
    else if (positions === undefined || triangles === undefined) {
      throw new FormatError(path, `its first elements are ${element.name}; vertices, then faces are expected`);
    }
  }
  if (positions === undefined || triangles === undefined) throw new FormatError(path, "has no vertices or no faces");
  const most = positions.length / 3;
  const wrong = triangles.find((vertex) => vertex >= most);
  if (wrong !== undefined) throw new FormatError(path, `a face has vertex ${wrong} of ${most}`);
  return { positions, triangles };
}

function parseHeader(
  bytes: Uint8Array,
  path: string,
): { readonly elements: readonly Element[]; readonly offset: number } {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, MOST_HEADER_BYTES));
  const end = /end_header\r?\n/.exec(text);
  if (!/^ply\r?\n/.test(text) || end === null) throw new FormatError(path, "not a PLY file");
  const elements: (Element & { properties: Property[] })[] = [];
  for (const line of text.slice(0, end.index).split(/\r?\n/)) {
    const [word, ...rest] = line.split(/\s+/);
    if (word === "format" && rest[0] !== "binary_little_endian") {
      throw new FormatError(path, `its format is ${rest[0]}; binary_little_endian is expected`);
    }
    if (word === "element")
      elements.push({ name: rest[0] ?? "", count: parseCount(rest[1], line, path), properties: [] });
    if (word !== "property") continue;
    const [countType, type, name] = rest[0] === "list" ? rest.slice(1) : [undefined, rest[0], rest[1]];
    if (TYPES[type ?? ""] === undefined || (countType !== undefined && TYPES[countType] === undefined)) {
      throw new FormatError(path, `a property in its header has an unknown type: ${line}`);
    }
    elements.at(-1)?.properties.push({ name: name ?? "", type: type!, countType });
  }
  return { elements, offset: end.index + end[0].length };
}

function parseCount(word: string | undefined, line: string, path: string): number {
  const count = Number(word);
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new FormatError(path, `a count in its header is no whole number: ${line}`);
}

/** The positions, and where what follows begins. */
function readPositions(
  view: DataView,
  { count, properties }: Element,
  start: number,
  path: string,
): [Float32Array, number] {
  const offsets = new Map<string, { readonly offset: number; readonly read: ReadNumber }>();
  let stride = 0;
  for (const { name, type, countType } of properties) {
    if (countType !== undefined) throw new FormatError(path, `vertices have a list ${name}; numbers are expected`);
    offsets.set(name, { offset: stride, read: TYPES[type]!.read });
    stride += TYPES[type]!.size;
  }
  const axes = ["x", "y", "z"].map((axis) => offsets.get(axis));
  if (axes.includes(undefined)) throw new FormatError(path, "its vertices have no x, y and z");
  requireBytes(view, start, count * stride, path);
  const positions = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) positions[3 * i + k] = axes[k]!.read(view, start + i * stride + axes[k]!.offset);
  }
  return [positions, start + count * stride];
}

/** The corners of the faces, and where what follows begins. */
function readTriangles(
  view: DataView,
  { count, properties }: Element,
  start: number,
  path: string,
): [Uint32Array, number] {
  if (!properties.some(isCorners)) throw new FormatError(path, "its faces have no list vertex_indices");
  // Every face is at least this long.
  const least = properties.reduce((sum, { type, countType }) => sum + TYPES[countType ?? type]!.size, 0);
  requireBytes(view, start, count * least, path);
  const triangles = new Uint32Array(3 * count);
  let at = start;
  for (let i = 0; i < count; i++) {
    for (const property of properties) {
      const { type, countType } = property;
      const { size, read } = TYPES[type]!;
      let values = 1;
      if (countType !== undefined) {
        requireBytes(view, at, TYPES[countType]!.size, path);
        values = TYPES[countType]!.read(view, at);
        at += TYPES[countType]!.size;
      }
      requireBytes(view, at, values * size, path);
      if (isCorners(property)) {
        if (values !== 3) throw new FormatError(path, `face ${i} has ${values} corners; triangles are expected`);
        for (let k = 0; k < 3; k++) triangles[3 * i + k] = read(view, at + k * size);
      }
      at += values * size;
    }
  }
  return [triangles, at];
}

function isCorners({ name, countType }: Property): boolean {
  return countType !== undefined && /^vertex_ind(ices|ex)$/.test(name);
}

function requireBytes(view: DataView, at: number, length: number, path: string): void {
  if (Number.isSafeInteger(length) && length >= 0 && at + length <= view.byteLength) return;
  throw new FormatError(path, `it is cut off: ${length} bytes are needed and ${view.byteLength - at} are left`, {
    offset: at,
  });
}
