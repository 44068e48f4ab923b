import { zipSync } from "fflate";
import { bytesInMemory } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { decodeNpy, type NpyArray } from "./npy.ts";
import { decodeNpyTable, type NpyTable } from "./npy-table.ts";
import { encodeNpy } from "./npy-writer.ts";
import { readPacked, readZipEntries, unpackZipEntry, type ZipEntry } from "./zip-entries.ts";

/** The same bytes whenever they are written. */
const TIMELESS = "1980-01-01T00:00:00";

/** An `.npz` archive of arrays. */
export interface Npz {
  /** As NumPy calls them: without `.npy`. */
  readonly names: readonly string[];
  /** The array of that name; a `FormatError` when there is none, or it is damaged. */
  read(name: string): NpyArray;
  /** As `read`, for records or the rows of a plain array, whose columns have `columns` as their names. */
  readTable(name: string, columns: readonly string[]): NpyTable;
}

/** Opens an `.npz` archive, compressed or not; arrays are unpacked when they are asked for. */
export async function openNpz(bytes: Uint8Array, path: string): Promise<Npz> {
  const source = bytesInMemory(path, bytes);
  const entries = new Map<string, { readonly entry: ZipEntry; readonly packed: Uint8Array }>();
  for (const entry of (await readZipEntries(source)).values()) {
    entries.set(entry.name.replace(/\.npy$/, ""), { entry, packed: await readPacked(source, entry) });
  }
  const unpack = (name: string): { readonly file: string; readonly content: Uint8Array } => {
    const found = entries.get(name);
    if (found === undefined)
      throw new FormatError(path, `has no array ${name}, only ${[...entries.keys()].join(", ")}`);
    return { file: `${path}/${found.entry.name}`, content: unpackZipEntry(found.packed, found.entry, path) };
  };
  return {
    names: [...entries.keys()],
    read(name) {
      const { file, content } = unpack(name);
      return decodeNpy(content, file);
    },
    readTable(name, columns) {
      const { file, content } = unpack(name);
      return decodeNpyTable(content, file, columns);
    },
  };
}

/** The bytes of a compressed `.npz` archive, as `numpy.load` reads it. */
export function encodeNpz(arrays: Readonly<Record<string, NpyArray>>): Uint8Array {
  const files = Object.entries(arrays).map(([name, { shape, data }]) => [`${name}.npy`, encodeNpy(shape, data)]);
  return zipSync(Object.fromEntries(files), { mtime: TIMELESS });
}
