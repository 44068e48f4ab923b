import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { bytesInMemory } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { readZipEntries, zipDataOffset } from "./zip-entries.ts";

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Little-endian numbers as [value, bytes]. */
function record(...fields: readonly [value: number, bytes: number][]): Uint8Array {
  const bytes = fields.flatMap(([value, length]) =>
    Array.from({ length }, (_, i) => Math.floor(value / 256 ** i) % 256),
  );
  return Uint8Array.from(bytes);
}

const ALL_ONES = 0xffffffff;

/** One stored entry "a" whose sizes and place stand in the 64-bit fields only, after `padding` bytes of something else. */
function zip64(padding: number): Uint8Array {
  const data = text("hello");
  const local = Buffer.concat([
    record([0x04034b50, 4], [45, 2], [0, 8], [0, 4], [ALL_ONES, 4], [ALL_ONES, 4], [1, 2], [20, 2]),
    text("a"),
    record([1, 2], [16, 2], [data.length, 8], [data.length, 8]),
    data,
  ]);
  const directory = Buffer.concat([
    record(
      [0x02014b50, 4],
      [45, 4],
      [0, 8],
      [0, 4],
      [ALL_ONES, 4],
      [ALL_ONES, 4],
      [1, 2],
      [28, 2],
      [0, 10],
      [ALL_ONES, 4],
    ),
    text("a"),
    record([1, 2], [24, 2], [data.length, 8], [data.length, 8], [padding, 8]),
  ]);
  const directoryAt = padding + local.length;
  return Buffer.concat([
    new Uint8Array(padding),
    local,
    directory,
    record([0x06064b50, 4], [44, 8], [45, 4], [0, 8], [1, 8], [1, 8], [directory.length, 8], [directoryAt, 8]),
    record([0x07064b50, 4], [0, 4], [directoryAt + directory.length, 8], [1, 4]),
    record([0x06054b50, 4], [0, 4], [0xffff, 2], [0xffff, 2], [ALL_ONES, 4], [ALL_ONES, 4], [0, 2]),
  ]);
}

test("finds the bytes of stored entries, behind local headers of any length", async () => {
  const archive = zipSync(
    { "m/data.pkl": text("pickle"), "m/data/0": [text("numbers"), { extra: { 16966: new Uint8Array(37) } }] },
    { level: 0, comment: "a comment" },
  );
  const source = bytesInMemory("m.pth", archive);
  const entries = await readZipEntries(source);
  expect([...entries.keys()]).toEqual(["m/data.pkl", "m/data/0"]);
  const entry = entries.get("m/data/0")!;
  const offset = await zipDataOffset(source, entry);
  expect(archive.subarray(offset, offset + entry.byteLength)).toEqual(text("numbers"));
});

test("finds them in a zip64 archive", async () => {
  const archive = zip64(11);
  const source = bytesInMemory("m.pth", archive);
  const entry = (await readZipEntries(source)).get("a")!;
  expect(entry).toMatchObject({ packing: "stored", byteLength: 5, unpackedLength: 5, headerOffset: 11 });
  const offset = await zipDataOffset(source, entry);
  expect(Buffer.from(archive.subarray(offset, offset + 5)).toString()).toBe("hello");
});

test("a zip64 record that points outside is refused", async () => {
  const archive = zip64(0);
  // The place of the 64-bit record, in the locator 34 bytes before the end.
  archive.fill(0x7f, archive.length - 34, archive.length - 26);
  await expect(readZipEntries(bytesInMemory("m.pth", archive))).rejects.toThrow("64-bit directory record lies outside");
});

test("a compressed entry is refused by name", async () => {
  const archive = zipSync({ "m/data/0": new Uint8Array(1000) }, { level: 6 });
  const source = bytesInMemory("m.pth", archive);
  const entry = (await readZipEntries(source)).get("m/data/0")!;
  await expect(zipDataOffset(source, entry)).rejects.toThrow("m.pth: m/data/0 is compressed");
});

test("something else is refused", async () => {
  await expect(readZipEntries(bytesInMemory("a.pth", text("not an archive")))).rejects.toThrow(
    /truncated or not an archive/,
  );
  const whole = zipSync({ a: text("1"), b: text("2") }, { level: 0 });
  await expect(readZipEntries(bytesInMemory("a.pth", whole.subarray(40)))).rejects.toBeInstanceOf(FormatError);
  await expect(readZipEntries(bytesInMemory("a.pth", whole.subarray(0, -1)))).rejects.toBeInstanceOf(FormatError);
});
