import type { Picture } from "../../core/picture.ts";
import { sha256 } from "../../core/sha256.ts";
import { bytesOfPicture } from "./picture-bytes.ts";

/** Hex SHA-256 of a picture's bytes. */
export async function hashPicture(picture: Picture): Promise<string> {
  return await sha256(await bytesOfPicture(picture));
}
