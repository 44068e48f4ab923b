import type { PairNetwork } from "./pair-network.ts";

/** What predicts pairs: a `PairNetwork`, or something that stands in for one. */
export interface PairInference extends Pick<PairNetwork, "checkpoint" | "dtype" | "encode" | "decode"> {
  /** Set when predictions are averaged over horizontal flips. */
  readonly mirrors?: boolean | undefined;
}
