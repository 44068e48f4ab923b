import { InputError } from "../core/errors.ts";
import type { NamedBytes, Picture } from "../core/picture.ts";
import { findPhotos } from "./find-photos.ts";

/**
 * A photo as programs have it: the path of a file, or of a folder of photos, a `file:` URL, bytes (a Buffer, too), or a Blob. A File is
 * called by its name, other bytes `photo-1`, `photo-2` and so on by their place in the list, unless they come with a name.
 */
export type PhotoInput = string | URL | Uint8Array | ArrayBuffer | Blob | NamedBytes;

/** One photo, or several. */
export type PhotoInputs = PhotoInput | readonly PhotoInput[];

/** The pictures that photos are, those of folders among them, each file once; an `InputError` that says what is none. */
export async function findPictures(photos: PhotoInputs): Promise<Picture[]> {
  const inputs = Array.isArray(photos) ? (photos as readonly PhotoInput[]) : [photos as PhotoInput];
  const given = await Promise.all(inputs.map(pictureOf));
  const paths = given.filter((picture) => typeof picture === "string");
  const found = paths.length > 0 || given.length === 0 ? await findPhotos(paths) : [];
  if (paths.length === given.length) return found;
  const pictures: Picture[] = [];
  for (const picture of given) {
    if (typeof picture === "string") pictures.push(...(await findPhotos([picture])));
    else pictures.push(picture);
  }
  return pictures.filter((picture, i) => typeof picture !== "string" || pictures.indexOf(picture) === i);
}

async function pictureOf(input: PhotoInput, index: number): Promise<Picture> {
  const name = `photo-${index + 1}`;
  if (typeof input === "string") return input;
  if (input instanceof URL) return pathOf(input);
  if (input instanceof Uint8Array) return { name, bytes: input };
  if (input instanceof ArrayBuffer) return { name, bytes: new Uint8Array(input) };
  if (input instanceof Blob) {
    const bytes = new Uint8Array(await input.arrayBuffer());
    return { name: input instanceof File && input.name !== "" ? input.name : name, bytes };
  }
  if (isNamedBytes(input)) return input;
  const found = input === null ? "null" : Array.isArray(input) ? "a list" : typeof input;
  throw new InputError(`${name} is ${found}; a path, a file: URL, bytes, a Blob or { name, bytes } is expected`);
}

function isNamedBytes(input: unknown): input is NamedBytes {
  const { name, bytes } = (input ?? {}) as Partial<NamedBytes>;
  return typeof name === "string" && name !== "" && bytes instanceof Uint8Array;
}

function pathOf(url: URL): string {
  if (url.protocol === "file:") return decodeURIComponent(url.pathname.replace(/^\/(?=[A-Za-z]:)/, ""));
  throw new InputError(`${url.href}: photos of the network are not fetched; a file: URL or the bytes are expected`);
}
