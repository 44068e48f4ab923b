import type { BlobStore } from "../../src/core/blob-store.ts";

/** A store in memory, whose content can be looked at. */
export function memoryStore(): BlobStore & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    has: async (key) => kept.has(key),
    get: async (key) => kept.get(key),
    put: async (key, bytes) => void kept.set(key, bytes),
  };
}
