import { expect, test } from "vitest";
import { tfRecordFile } from "../../test/tfrecord-file.ts";
import { bytesInMemory } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { readTfRecords } from "./tfrecord.ts";

async function records(bytes: Uint8Array): Promise<string[]> {
  const found: string[] = [];
  for await (const record of readTfRecords(bytesInMemory("a.tfrecord", bytes)))
    found.push(new TextDecoder().decode(record));
  return found;
}

const encoder = new TextEncoder();
const file = tfRecordFile(["hello", "", "world"].map((text) => encoder.encode(text)));

test("records come one after another", async () => {
  expect(await records(file)).toEqual(["hello", "", "world"]);
  expect(await records(new Uint8Array(0))).toEqual([]);
});

test("the published checksum of 32 zero bytes", async () => {
  // RFC 3720, B.4: CRC-32C of 32 zeros is 0x8a9136aa.
  const crc = 0x8a9136aa;
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  const stored = tfRecordFile([new Uint8Array(32)]);
  expect(new DataView(stored.buffer, stored.byteOffset).getUint32(12 + 32, true)).toBe(masked);
});

test("a file that is cut off anywhere is an error that names it", async () => {
  const whole = [17 + 4, 17 + 4 + 16];
  for (let length = 1; length < file.length; length++) {
    if (whole.includes(length)) continue;
    const error = await records(file.slice(0, length)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toMatch(/a\.tfrecord: the TFRecord file is cut off/);
  }
});

test.each([
  ["a length", 3, "a record's length has another checksum"],
  ["a content", 14, "a record is damaged"],
])("%s that was changed is an error", async (_, at, message) => {
  await expect(records(file.map((byte, i) => (i === at ? byte ^ 1 : byte)))).rejects.toThrow(message);
});
