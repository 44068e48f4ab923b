import { type UnzipFileInfo, unzipSync, zipSync } from "fflate";
import { FormatError } from "../core/errors.ts";
import { decodeNpy, type NpyArray } from "./npy.ts";
import { decodeNpyTable, type NpyTable } from "./npy-table.ts";
import { encodeNpy } from "./npy-writer.ts";

/** Deflate makes no more of a byte than this: whoever claims more would only fill the memory. */
const MOST_EXPANSION = 1032;
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
export function openNpz(bytes: Uint8Array, path: string): Npz {
  const entries = new Map<string, UnzipFileInfo>();
  unzip(bytes, path, (entry) => {
    entries.set(entry.name.replace(/\.npy$/, ""), entry);
    return false;
  });
  const unpack = (name: string): { readonly file: string; readonly content: Uint8Array } => {
    const entry = entries.get(name);
    if (entry === undefined)
      throw new FormatError(path, `has no array ${name}, only ${[...entries.keys()].join(", ")}`);
    const { size, originalSize } = entry;
    if (originalSize > MOST_EXPANSION * size + MOST_EXPANSION) {
      throw new FormatError(path, `${name} claims to unpack from ${size} bytes to ${originalSize}`);
    }
    const unpacked = unzip(bytes, path, (each) => each.name === entry.name)[entry.name];
    if (unpacked?.length !== originalSize) throw new FormatError(path, `${name} is damaged or cut off`);
    return { file: `${path}/${entry.name}`, content: unpacked };
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

function unzip(bytes: Uint8Array, path: string, filter: (entry: UnzipFileInfo) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(path, `not a readable archive (${reason})`, { cause });
  }
}
