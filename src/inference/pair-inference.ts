import type { PairNetwork } from "./pair-network.ts";

/** What predicts pairs: a `PairNetwork`, or something that stands in for one. */
export interface PairInference extends Pick<PairNetwork, "checkpoint" | "dtype" | "encode" | "decode"> {
  /** Set when predictions are averaged over horizontal flips. */
  readonly mirrors?: boolean | undefined;
  /** Set where views that were encoded are kept, as many as there is room for. */
  readonly keepsEncodings?: boolean | undefined;
}
