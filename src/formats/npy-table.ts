import { FormatError } from "../core/errors.ts";
import { decodeNpy, decodeValues, itemOf, type NpyArray, npyHeader } from "./npy.ts";

/** Records as columns. */
export interface NpyTable {
  readonly rows: number;
  /** The values of a field, one a row, in the order of the file's fields. */
  readonly columns: ReadonlyMap<string, NpyArray["data"]>;
}

/**
 * The records of a structured array in an `.npy` file. A plain array `[rows, columns]` is a table too, whose columns are
 * called as `names` says. Throws a `FormatError` for damaged files and for fields that are themselves arrays or objects.
 */
export function decodeNpyTable(bytes: Uint8Array, path: string, names: readonly string[]): NpyTable {
  const { text, offset } = npyHeader(bytes, path);
  const [, fields] = /'descr':\s*\[(.*)\]\s*,\s*'fortran_order'/s.exec(text) ?? [];
  return fields === undefined
    ? plainTable(decodeNpy(bytes, path), path, names)
    : decodeRecords(bytes.subarray(offset), { fields, text }, path);
}

function plainTable({ shape, data }: NpyArray, path: string, names: readonly string[]): NpyTable {
  const [rows, width] = shape;
  if (shape.length !== 2 || rows === undefined || width === undefined || width < names.length) {
    throw new FormatError(path, `expected rows of ${names.join(", ")}, found an array [${shape}]`);
  }
  const column = (k: number) => {
    const values = data.slice(0, rows);
    for (let row = 0; row < rows; row++) values[row] = data[row * width + k] as never;
    return values;
  };
  return { rows, columns: new Map(names.map((name, k) => [name, column(k)])) };
}

/** A field of a record: its name, how its values are stored, and where they begin in the record. */
interface Field {
  readonly name: string;
  readonly code: string;
  readonly byteOrder: string;
  readonly start: number;
  readonly width: number;
}

function decodeRecords(body: Uint8Array, header: { fields: string; text: string }, path: string): NpyTable {
  const fields: Field[] = [];
  let stride = 0;
  for (const [whole, name = "", byteOrder = "", code = ""] of header.fields.matchAll(
    /\(\s*'([^']*)'\s*,\s*'([<>|=]?)([^']*)'\s*(?:,[^)]*\))?\s*\)/g,
  )) {
    const [, padding] = /^V(\d+)$/.exec(code) ?? [];
    if (/,\s*\(/.test(whole)) throw new FormatError(path, `field ${name} is an array; one value a record is expected`);
    const { partBytes, parts } = padding === undefined ? itemOf(code, path) : { partBytes: 1, parts: Number(padding) };
    const width = partBytes * parts;
    if (padding === undefined) fields.push({ name, code, byteOrder, start: stride, width });
    stride += width;
  }
  const [, count] = /'shape':\s*\((\d+)L?,?\)/.exec(header.text) ?? [];
  const rows = Number(count);
  if (count === undefined || stride === 0) {
    throw new FormatError(path, `expected a list of records, found ${header.text.slice(0, 200).trim()}`);
  }
  if (body.length !== rows * stride) {
    throw new FormatError(path, `${rows} records take ${rows * stride} bytes, found ${body.length}`);
  }
  const columns = fields.map(({ name, code, byteOrder, start, width }) => {
    const packed = new Uint8Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const from = row * stride + start;
      packed.set(body.subarray(from, from + width), row * width);
    }
    return [name, decodeValues(packed, { code, byteOrder, shape: [rows] }, `${path}: ${name}`)] as const;
  });
  return { rows, columns: new Map(columns) };
}
