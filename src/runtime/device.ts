/** Where the network runs; `auto` takes the fastest that works and falls back to the CPU. */
export const DEVICES = ["auto", "cpu", "webgpu", "cuda", "coreml", "dml"] as const;

/** One of `DEVICES`. */
export type Device = (typeof DEVICES)[number];

/** A device proper. */
export type ConcreteDevice = Exclude<Device, "auto">;

/** Precision of the network's arithmetic. */
export const PRECISIONS = ["fp32", "fp16"] as const;

/** One of `PRECISIONS`. */
export type Precision = (typeof PRECISIONS)[number];

/** Number formats a session takes and gives. */
export type BulkData = Float32Array | Uint16Array | BigInt64Array | Int32Array | Uint8Array;

/** A tensor with its numbers. */
export interface TensorValue {
  readonly dtype: "float32" | "float16" | "int64" | "int32" | "uint8" | "bool";
  readonly shape: readonly number[];
  readonly data: BulkData;
}

export type TensorValues = Readonly<Record<string, TensorValue>>;
