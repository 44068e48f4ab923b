import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { hashBlob } from "./hash-blob.ts";

test("a file has the same hash in one piece as in many", async () => {
  const bytes = Uint8Array.from({ length: 300_001 }, (_, i) => (i * i) % 251);
  const expected = createHash("sha256").update(bytes).digest("hex");
  const blob = new Blob([bytes.subarray(0, 100_000), bytes.subarray(100_000)]);
  expect(await hashBlob(blob)).toBe(expected);
  expect(await hashBlob(blob, 1000)).toBe(expected);
  expect(await hashBlob(new Blob([]), -1)).toBe(createHash("sha256").digest("hex"));
});
