import type { Picture } from "../../core/picture.ts";
import { readBytes } from "./files.ts";

/** The bytes of an encoded picture. */
export async function bytesOfPicture(picture: Picture): Promise<Uint8Array<ArrayBuffer>> {
  return typeof picture === "string" ? await readBytes(picture) : (picture.bytes as Uint8Array<ArrayBuffer>);
}
