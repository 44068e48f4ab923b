/** What a fully connected layer reads, over rows of photos. */
export interface LayerInputs {
  /** `[in]`: the mean of each input. */
  readonly mean: Float32Array;
  /** `[in]`: the greatest value of each input. */
  readonly greatest: Float32Array;
}

/** Inputs by their greatest value, smallest first: those that are rounded alike come to lie together. */
export function orderBySize({ greatest }: LayerInputs): Uint32Array {
  return Uint32Array.from(greatest.keys()).sort((a, b) => greatest[a]! - greatest[b]! || a - b);
}
