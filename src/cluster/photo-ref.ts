import { hashPicture } from "#platform";
import type { BlobStore } from "../core/blob-store.ts";
import { InputError } from "../core/errors.ts";
import type { KnownLens } from "../core/known-lens.ts";
import type { Picture } from "../core/picture.ts";

/** A photo by its content. */
export interface PhotoRef {
  /** Hex SHA-256 of its file. */
  readonly sha256: string;
  /** Its path where the work was given; for messages, and to find it where machines share folders. */
  readonly path: string;
  /** Unique among the photos of the work. */
  readonly name: string;
  /** What is known of its lens. */
  readonly lens?: KnownLens | undefined;
}

/** Gives the photo that is meant; an `InputError` where it is not there, or is another one by now. */
export type FindPhoto = (photo: PhotoRef) => Promise<Picture>;

/** Finds photos at their paths. */
export const photoAtPath: FindPhoto = async ({ path, sha256 }) => {
  if ((await hashPicture(path)) !== sha256) throw changed(path);
  return path;
};

/** Finds photos in a store, under the hashes of their content. */
export function photoInStore(store: BlobStore): FindPhoto {
  return async ({ path, sha256 }) => {
    const bytes = await store.get(photoKey(sha256));
    if (bytes === undefined) throw new InputError(`${path}: is not in the store; give the work again`);
    const photo = { name: path, bytes };
    if ((await hashPicture(photo)) !== sha256) throw changed(path);
    return photo;
  };
}

function photoKey(sha256: string): string {
  return `photo-${sha256}`;
}

function changed(path: string): InputError {
  return new InputError(`${path}: is another photo than when the work was given; give the work again`);
}
