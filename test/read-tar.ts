import type { ByteSource } from "../src/core/byte-source.ts";
import { listTar, type TarEntry } from "../src/formats/tar.ts";

/** The files of an archive with their contents. */
export async function readTar(source: ByteSource): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  for await (const { name, offset, size } of listTar(source)) {
    entries.push({ name, bytes: await source.read(offset, size) });
  }
  return entries;
}
