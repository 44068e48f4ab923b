import type { Model } from "../pipeline/open-model.ts";
import type { RefineMethod } from "../pipeline/reconstruct-options.ts";

/** The network under test, and how photos are prepared for it. */
export interface EvaluatedNetwork extends Pick<Model, "network" | "plan"> {
  /** Whether the cameras of photos are refined; as by default when left out. */
  readonly refine?: RefineMethod | undefined;
  /** Longest side, in pixels, at which photos are looked at for features; as by default when left out. */
  readonly featureSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
