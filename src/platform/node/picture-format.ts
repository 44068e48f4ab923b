import { open } from "node:fs/promises";
import { formatOfBytes, SIGNATURE_BYTES } from "../picture-signatures.ts";

/** What a picture is: a file, or its bytes. */
export type PictureSource = string | Uint8Array;

/** The format of a picture by its first bytes, as `formatOfBytes` tells it. */
export async function pictureFormat(source: PictureSource): Promise<string | undefined> {
  return formatOfBytes(typeof source === "string" ? await firstBytes(source) : source);
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
