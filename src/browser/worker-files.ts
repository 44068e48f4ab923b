import { InputError } from "../core/errors.ts";
import type { NamedBytes } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import { cacheFolder } from "../platform/browser/environment.ts";
import { request } from "../platform/browser/http-request.ts";
import type { SentPhoto } from "./sent-photos.ts";

/** The bytes of photos. A File is called by its name, one that was loaded by the last part of its URL, others `photo-1` and so on. */
export async function loadPhotos(photos: readonly SentPhoto[], { signal }: RunOptions): Promise<NamedBytes[]> {
  return await Promise.all(
    photos.map(async (photo, i) => {
      const unnamed = `photo-${i + 1}`;
      if (typeof photo !== "string") {
        const name = photo instanceof File && photo.name !== "" ? photo.name : unnamed;
        const bytes = await photo.arrayBuffer().catch((cause: Error) => {
          throw new InputError(`${name}: cannot be read: ${cause.message}; choose it again`, { cause });
        });
        return { name, bytes: new Uint8Array(bytes) };
      }
      const response = await request(photo, { signal });
      if (!response.ok) throw new InputError(`${photo} answers with status ${response.status}`);
      const last = decodeURIComponent(new URL(photo).pathname.split("/").at(-1)!);
      const isNamed = /^https?:/.test(photo) && last !== "";
      return { name: isNamed ? last : unnamed, bytes: new Uint8Array(await response.arrayBuffer()) };
    }),
  );
}

/** Where the store of a name lies in the private file system. */
export function storeFolder(name: string): string {
  return `${cacheFolder()}/stores/${encodeURIComponent(name)}`;
}
