import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { FormatError } from "../core/errors.ts";

/** The fields of a protobuf message, by number. Fields that are not asked for are not parsed. */
export interface ProtobufFields {
  /** The messages, strings or byte arrays in a field, in order. */
  bytes(field: number): readonly Uint8Array[];
  /** The first of them; undefined where there is none. */
  one(field: number): Uint8Array | undefined;
  /** The integer in a field, 0 where there is none, which is what its absence means. */
  integer(field: number): number;
  /** The integers in a field, one by one or packed. */
  integers(field: number): readonly number[];
  /** The doubles in a field, one by one or packed. */
  doubles(field: number): readonly number[];
}

type Value = number | Uint8Array;

/** Takes a message apart; a `FormatError` where it is damaged or cut off. */
export function readProtobuf(message: Uint8Array, path: string): ProtobufFields {
  const fields = new Map<number, Value[]>();
  try {
    const reader = new BinaryReader(message);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      const values = fields.get(field) ?? [];
      fields.set(field, values);
      const value = readValue(reader, type);
      if (value === undefined) reader.skip(type, field);
      else values.push(value);
    }
  } catch (cause) {
    throw new FormatError(path, `a message in it is damaged (${(cause as Error).message})`, { cause });
  }
  const of = (field: number): readonly Value[] => fields.get(field) ?? [];
  const bytes = (field: number): readonly Uint8Array[] => of(field).filter((value) => typeof value !== "number");
  return {
    bytes,
    one: (field) => bytes(field).at(-1),
    integer: (field) => Number(of(field).at(-1) ?? 0),
    integers: (field) =>
      of(field).flatMap((value) => (typeof value === "number" ? [value] : [...unpackIntegers(value, path)])),
    doubles: (field) =>
      of(field).flatMap((value) => (typeof value === "number" ? [value] : [...unpackDoubles(value, path)])),
  };
}

function readValue(reader: BinaryReader, type: WireType): Value | undefined {
  if (type === WireType.Varint) return Number(reader.int64());
  if (type === WireType.Bit64) return reader.double();
  if (type === WireType.Bit32) return reader.float();
  return type === WireType.LengthDelimited ? reader.bytes() : undefined;
}

function unpackDoubles(packed: Uint8Array, path: string): Float64Array {
  if (packed.length % 8 !== 0) throw new FormatError(path, "a list of doubles in it is cut off");
  return new Float64Array(new Uint8Array(packed).buffer);
}

/** The integers packed in a field's bytes. */
export function unpackIntegers(packed: Uint8Array, path: string): Int32Array {
  const values = new Int32Array(packed.length);
  let [count, value, shift] = [0, 0, 0];
  for (const byte of packed) {
    // Negative numbers take ten bytes, of which 32 bits matter.
    if (shift < 32) value |= (byte & 127) << shift;
    shift += 7;
    if (byte > 127) continue;
    values[count++] = value;
    [value, shift] = [0, 0];
  }
  if (shift > 0) throw new FormatError(path, "a list of integers in it is cut off");
  return values.slice(0, count);
}
