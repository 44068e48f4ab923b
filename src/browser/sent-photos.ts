import { InputError } from "../core/errors.ts";
import type { PhotoInput } from "../images/photo-input.ts";

/** A photo on its way to the worker: by reference, or the URL to load it from. */
export type SentPhoto = Blob | string;

/** Photos as the worker is sent them; nothing of them is read. */
export function sentPhotos(photos: readonly PhotoInput[]): SentPhoto[] {
  return photos.map((photo, i) => {
    if (photo instanceof Blob) return photo;
    if (typeof photo === "string" || photo instanceof URL) return new URL(photo, document.baseURI).href;
    if (photo instanceof ArrayBuffer || photo instanceof Uint8Array) return new Blob([photo as BlobPart]);
    if (photo?.bytes instanceof Uint8Array) return new File([photo.bytes as BlobPart], photo.name);
    throw new InputError(`photo-${i + 1}: a File, a Blob, a URL, bytes or { name, bytes } is expected`);
  });
}
