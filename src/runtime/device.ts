/** Where the network runs; `auto` takes the fastest that works and falls back to the CPU. */
export const DEVICES = ["auto", "cpu", "webgpu", "cuda", "coreml", "dml"] as const;

/** One of `DEVICES`. */
export type Device = (typeof DEVICES)[number];

/** A device proper. */
export type ConcreteDevice = Exclude<Device, "auto">;

/**
 * Precision of the network's arithmetic: `q8` calculates fully connected layers on 8-bit numbers; `auto` does so for
 * large networks where that is exact and faster on this machine, and takes float32 otherwise.
 */
export const PRECISIONS = ["auto", "fp32", "fp16", "q8"] as const;

/** One of `PRECISIONS`. */
export type Precision = (typeof PRECISIONS)[number];

/** A precision proper. */
export type ConcretePrecision = Exclude<Precision, "auto">;

/** Number formats a session takes and gives. */
export type BulkData = Float32Array | Uint16Array | BigInt64Array | Int32Array | Uint8Array;

/** A tensor with its numbers. */
export interface TensorValue {
  readonly dtype: "float32" | "float16" | "int64" | "int32" | "uint8" | "bool";
  readonly shape: readonly number[];
  readonly data: BulkData;
}

export type TensorValues = Readonly<Record<string, TensorValue>>;
