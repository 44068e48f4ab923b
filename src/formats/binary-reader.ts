import { FormatError } from "../core/errors.ts";

/**
 * Reads a file's little-endian numbers one after the other. Whatever lies beyond the end, or cannot be, is a
 * `FormatError` with the file, the byte offset and the field's name; nothing is ever allocated before the bytes for it
 * are known to be there.
 */
export class BinaryReader {
  /** Where the next field begins. */
  offset = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #path: string;

  constructor(bytes: Uint8Array, path: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#path = path;
  }

  /** Bytes from here to the end. */
  get left(): number {
    return this.#bytes.length - this.offset;
  }

  uint8(field: string): number {
    return this.#view.getUint8(this.#advance(1, field));
  }

  uint16(field: string): number {
    return this.#view.getUint16(this.#advance(2, field), true);
  }

  int32(field: string): number {
    return this.#view.getInt32(this.#advance(4, field), true);
  }

  uint32(field: string): number {
    return this.#view.getUint32(this.#advance(4, field), true);
  }

  float64(field: string): number {
    return this.#view.getFloat64(this.#advance(8, field), true);
  }

  /** A number of 64 bits; an error above 2^53, where a `number` would not hold it. */
  uint64(field: string): number {
    const offset = this.#advance(8, field);
    const value = Number(this.#view.getBigUint64(offset, true));
    if (!Number.isSafeInteger(value)) throw this.failure(`${field} is ${value}, beyond 2^53`, offset);
    return value;
  }

  /** A 64-bit count of things that take at least `least` bytes each; an error when they cannot all be in the file. */
  count(field: string, least: number): number {
    const offset = this.offset;
    const value = this.uint64(field);
    if (value * least <= this.left) return value;
    throw this.failure(`${field} is ${value}, which needs ${value * least} bytes, and ${this.left} are left`, offset);
  }

  /** A view of the next bytes, not a copy. */
  take(length: number, field: string): Uint8Array {
    const offset = this.#advance(length, field);
    return this.#bytes.subarray(offset, offset + length);
  }

  /** A reader of the next bytes alone; this one goes on behind them. */
  within(length: number, field: string): BinaryReader {
    return new BinaryReader(this.take(length, field), `${this.#path}: ${field}`);
  }

  /** UTF-8 text up to a zero byte, which is skipped. */
  zeroTerminated(field: string): string {
    const end = this.#bytes.indexOf(0, this.offset);
    if (end < 0) throw this.failure(`${field} has no end`);
    const text = new TextDecoder().decode(this.#bytes.subarray(this.offset, end));
    this.offset = end + 1;
    return text;
  }

  /** An error unless all bytes were read. */
  end(): void {
    if (this.left > 0) throw this.failure(`${this.left} bytes are left over`);
  }

  /** The error to throw for what was found at an offset: here unless given. */
  failure(problem: string, offset: number = this.offset): FormatError {
    return new FormatError(this.#path, problem, { offset });
  }

  #advance(length: number, field: string): number {
    if (length > this.left) {
      throw this.failure(`it is cut off: ${field} needs ${length} bytes and ${this.left} are left`);
    }
    this.offset += length;
    return this.offset - length;
  }
}
