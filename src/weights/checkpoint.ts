import type { NetworkConfig } from "../network/config.ts";

/** Number formats a checkpoint's tensors may have. */
export type WeightElementType = "F32" | "F16" | "BF16" | "F64";

/** A range of the checkpoint's file. */
export interface ByteRange {
  /** From the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** Where one tensor's values lie, row-major and little-endian, within the checkpoint's file. */
export interface TensorLocation extends ByteRange {
  readonly dtype: WeightElementType;
  readonly shape: readonly number[];
}

/** Trained weights, opened in place: a description of where everything lies, nothing read but the headers. */
export interface Checkpoint {
  /** Its name as the user gave it: an embedded name, a hub id or a path. */
  readonly name: string;
  /** The file that holds the tensors, symbolic links resolved. */
  readonly path: string;
  readonly byteLength: number;
  readonly config: NetworkConfig;
  /** By official parameter name, exactly those that the network reads. */
  readonly tensors: ReadonlyMap<string, TensorLocation>;
  /**
   * Weights held in 8 bits in place of some of `tensors`, for every part of the inputs of every fully connected layer that calculates
   * so: `LAYER.values.PART`, int8 `[in, out]`, and `LAYER.scales.PART`, float32 `[out]`.
   */
  readonly quantized?: ReadonlyMap<string, ByteRange>;
  /** Notes for the user: assumptions made, tensors that are not needed. */
  readonly notes: readonly string[];
  /** Hex SHA-256 that changes when the weights do, and only then: the same weights elsewhere have the same. */
  readonly hash: string;
  /** The license of the weights, where it is known. */
  readonly licence?: string | undefined;
}
