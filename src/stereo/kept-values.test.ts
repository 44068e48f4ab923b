import { describe, expect, test } from "vitest";
import { type Coding, keepValues } from "./kept-values.ts";

const coding: Coding<Uint8Array> = {
  encode: (bytes) => bytes,
  decode: (bytes) => (bytes.length === 4 ? bytes : undefined),
};

function memoryStore() {
  const blobs = new Map<string, Uint8Array>();
  const read: string[] = [];
  return {
    blobs,
    read,
    has: async (key: string) => blobs.has(key),
    async get(key: string) {
      read.push(key);
      return blobs.get(key);
    },
    put: async (key: string, bytes: Uint8Array) => void blobs.set(key, bytes),
  };
}

describe("kept values", () => {
  test("beside a store memory holds the last few, however many there are", async () => {
    const store = memoryStore();
    const values = keepValues(coding, { store, key: "k" });
    for (let i = 0; i < 100; i++) await values.put(i, "map", Uint8Array.of(i, 0, 0, 0));
    for (let i = 0; i < 100; i++) expect((await values.get(i, "map"))![0]).toBe(i);
    expect(store.read).toHaveLength(100);
    for (let i = 96; i < 100; i++) await values.get(i, "map");
    expect(store.read).toHaveLength(100);
  });

  test("without a store, or where it has no room, memory holds all until they are freed", async () => {
    const full = { has: async () => false, get: async () => undefined, put: async () => {} };
    for (const place of [undefined, { store: full, key: "k" }]) {
      const values = keepValues(coding, place);
      for (let i = 0; i < 20; i++) await values.put(i, 0, Uint8Array.of(i, 0, 0, 0));
      values.free(3, 0);
      expect(await values.has(3, 0)).toBe(false);
      expect((await values.get(0, 0))![0]).toBe(0);
    }
  });

  test("what is damaged is as if it had never been kept", async () => {
    const store = memoryStore();
    await keepValues(coding, { store, key: "k" }).put(1, 2, Uint8Array.of(1, 2, 3, 4));
    const later = keepValues(coding, { store, key: "k" });
    expect(await later.has(1, 2)).toBe(true);
    for (const key of store.blobs.keys()) store.blobs.set(key, new Uint8Array(3));
    expect(await keepValues(coding, { store, key: "k" }).has(1, 2)).toBe(false);
    expect(await keepValues(coding, { store, key: "another" }).has(1, 2)).toBe(false);
  });
});
