import { expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { BinaryReader } from "./binary-reader.ts";

function reader(...words: readonly number[]): BinaryReader {
  return new BinaryReader(new Uint8Array(Uint32Array.from(words).buffer), "a.bin");
}

test("what does not fit names file, field and offset", () => {
  const short = reader(1);
  short.uint16("the first");
  expect(() => short.uint32("the width")).toThrow(FormatError);
  expect(() => short.uint32("the width")).toThrow(
    "a.bin: it is cut off: the width needs 4 bytes and 2 are left (at byte 2)",
  );
  expect(() => short.end()).toThrow("2 bytes are left over");
});

test("a count that the file cannot hold is refused", () => {
  expect(() => reader(3, 0, 1, 2).count("the number of points", 4)).toThrow(/points is 3, which needs 12 bytes.*8 are/);
  expect(reader(2, 0, 1, 2).count("the number of points", 4)).toBe(2);
});

test("64 bits beyond a safe integer are refused, not rounded", () => {
  expect(reader(0xffffffff, 0x1fffff).uint64("the id")).toBe(Number.MAX_SAFE_INTEGER);
  expect(() => reader(0, 0x200000).uint64("the id")).toThrow("beyond 2^53 (at byte 0)");
});

test("text ends at a zero, or the file is at fault", () => {
  const text = new BinaryReader(new TextEncoder().encode("größe\0ab"), "a.bin");
  expect(text.zeroTerminated("the name")).toBe("größe");
  expect(() => text.zeroTerminated("the name")).toThrow("the name has no end (at byte 8)");
});
