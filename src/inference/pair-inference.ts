import type { PairNetwork } from "./pair-network.ts";

/** What answers for pairs: a `PairNetwork`, or something that stands in for one. */
export interface PairInference extends Pick<PairNetwork, "checkpoint" | "dtype" | "encode" | "decode"> {
  /** Looks at photos in the mirror as well. */
  readonly mirrors?: boolean | undefined;
}
