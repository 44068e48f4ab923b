import { assert } from "../core/errors.ts";
import { encodeTensor, type NumericArray, type StoredElementType, tensorBytes } from "./tensor-entry.ts";

/** A tensor to be written: its header entry. */
export interface TensorSpec {
  readonly dtype: StoredElementType;
  readonly shape: readonly number[];
}

/** A tensor with its values, row-major; numbers are converted to `dtype` on the way out. */
export interface TensorContent extends TensorSpec {
  readonly values: NumericArray;
}

/** Where bytes go, in order: a file, a stream, a growing buffer. */
export interface ByteSink {
  /** Appends bytes. */
  write(bytes: Uint8Array): Promise<void>;
}

/** The start of a safetensors file, up to the first tensor's bytes; tensors follow in the order of `tensors`. */
export function safetensorsHeader(
  tensors: ReadonlyMap<string, TensorSpec>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  let position = 0;
  for (const [name, { dtype, shape }] of tensors) {
    const end = position + tensorBytes({ dtype, shape });
    header.push([name, { dtype, shape, data_offsets: [position, end] }]);
    position = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, 8);
  return bytes;
}

/** A whole safetensors file in memory. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, TensorContent>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header = safetensorsHeader(tensors, metadata);
  const size = [...tensors.values()].reduce((sum, tensor) => sum + tensorBytes(tensor), header.length);
  const file = new Uint8Array(size);
  file.set(header);
  let position = header.length;
  for (const [name, tensor] of tensors) {
    const bytes = checkedBytes(name, tensor);
    file.set(bytes, position);
    position += bytes.length;
  }
  return file;
}

/** Writes a safetensors file tensor by tensor, so that it may be larger than memory. */
export class SafetensorsStream {
  readonly #sink: ByteSink;
  readonly #pending: Iterator<[string, TensorSpec]>;

  private constructor(sink: ByteSink, tensors: ReadonlyMap<string, TensorSpec>) {
    this.#sink = sink;
    this.#pending = tensors.entries();
  }

  /** Writes the header, for which names, formats and shapes must be known beforehand. */
  static async open(
    sink: ByteSink,
    tensors: ReadonlyMap<string, TensorSpec>,
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<SafetensorsStream> {
    await sink.write(safetensorsHeader(tensors, metadata));
    return new SafetensorsStream(sink, tensors);
  }

  /** Writes the next tensor; they come in the order of the header. */
  async write(name: string, values: NumericArray): Promise<void> {
    const next = this.#pending.next();
    assert(!next.done && next.value[0] === name, `tensor ${name} is written out of the header's order`);
    await this.#sink.write(checkedBytes(name, { ...next.value[1], values }));
  }

  /** Checks that every tensor of the header was written; the sink stays the caller's to close. */
  finish(): void {
    const next = this.#pending.next();
    assert(next.done, `tensor ${next.value?.[0]} of the header was never written`);
  }
}

function checkedBytes(name: string, tensor: TensorContent): Uint8Array {
  const bytes = encodeTensor(tensor.dtype, tensor.values);
  assert(
    bytes.length === tensorBytes(tensor),
    `tensor ${name} has ${tensor.values.length} values for the shape [${tensor.shape}]`,
  );
  return bytes;
}
