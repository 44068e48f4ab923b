import { CapabilityError, FormatError } from "../core/errors.ts";
import { checkShape, sizeOf } from "./array-shape.ts";
import { MOST_EXPANSION } from "./inflate.ts";
import type { NpyArray } from "./npy.ts";
import { withinMemory } from "./wasm-memory.ts";

/** At each error the library leaves some of its stack behind, of 5 MB in all; beyond that it overwrites its own memory. */
const MOST_FAILURES = 1000;
let failures = 0;

/** The name that a file has in the library's memory while it is read. */
const NAME = "/file.h5";

/** Chunks beyond this are no larger than the array that they are of. */
const LARGE_CHUNK = 2 ** 24;

/** What the library takes besides arrays and chunks: its caches. */
const CACHES = 2 ** 25;

/**
 * The array that an HDF5 file holds under a name. Throws a `FormatError` when there is none, it is not of numbers, it claims more
 * than the file can hold or unpacks to more than it claims, or the file is damaged.
 */
export async function readHdf5Array(bytes: Uint8Array, name: string, path: string): Promise<NpyArray> {
  if (failures >= MOST_FAILURES) {
    throw new CapabilityError(`${path}: not read, after ${failures} damaged HDF5 files: remove those and run again`);
  }
  const { Dataset, File, ready } = await import("h5wasm");
  const { FS, activate_throwing_error_handler: throwErrors } = await ready;
  // By default the library prints what goes wrong, and gives whatever lay in memory.
  throwErrors();
  FS.writeFile(NAME, bytes);
  try {
    const file = new File(NAME, "r");
    try {
      if (!file.keys().includes(name)) {
        throw new FormatError(path, `has no array ${name}, only ${file.keys().join(", ") || "nothing"}`);
      }
      const array = file.get(name);
      if (!(array instanceof Dataset)) throw new FormatError(path, `${name} is no array of numbers`);
      const shape = array.shape ?? [];
      checkShape(shape, `${path}: ${name}`);
      const { size, chunks } = array.metadata;
      const total = sizeOf(shape) * size;
      const chunk = chunks === null ? 0 : sizeOf(chunks) * size;
      if (total > MOST_EXPANSION * bytes.length) {
        throw new FormatError(path, `${name} claims to be [${shape}], more than ${bytes.length} bytes can hold`);
      }
      if (chunk > Math.max(total, LARGE_CHUNK)) {
        throw new FormatError(path, `${name} of [${shape}] claims to be stored in chunks of [${chunks}]`);
      }
      // A chunk is unpacked to its end before its length is looked at.
      const most = 2 * total + 4 * chunk + 2 * bytes.length + CACHES;
      const data = withinMemory(most, () => array.value);
      if (!ArrayBuffer.isView(data)) throw new FormatError(path, `${name} is no array of numbers`);
      return { shape, data: data as Exclude<typeof data, Uint8ClampedArray> };
    } finally {
      file.close();
    }
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    failures++;
    throw new FormatError(path, `not an HDF5 file, or a damaged one (${firstLine(cause)})`, { cause });
  } finally {
    FS.unlink(NAME);
  }
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!.trim();
}
