import { sha256 as incremental } from "@noble/hashes/sha2.js";
import { sha256 } from "../../core/sha256.ts";

/** The browser's own hash wants all of the bytes in memory; larger files are hashed piece by piece, at a fraction of its speed. */
const MOST_IN_MEMORY = 2 ** 29;

/** Hex SHA-256 of a file of any size. */
export async function hashBlob(blob: Blob, mostInMemory: number = MOST_IN_MEMORY): Promise<string> {
  if (blob.size <= mostInMemory) return await sha256(new Uint8Array(await blob.arrayBuffer()));
  const hash = incremental.create();
  const reader = (blob.stream() as ReadableStream<Uint8Array>).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) hash.update(piece.value);
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
