import type { DepthSize } from "../core/dense-scene.ts";
import type { Model } from "../pipeline/open-model.ts";
import type { DenseMethod, RefineMethod } from "../pipeline/reconstruct-options.ts";

/** The network under test, and how photos are prepared for it. */
export interface EvaluatedNetwork extends Pick<Model, "network" | "plan"> {
  /** Whether the cameras of photos are refined; as by default when left out. */
  readonly refine?: RefineMethod | undefined;
  /** Longest side, in pixels, at which photos are looked at for features; as by default when left out. */
  readonly featureSize?: number | undefined;
  /** Whether depth is measured between photos whose cameras are refined; as by default when left out. */
  readonly dense?: DenseMethod | undefined;
  /** Pixels along the long side of measured depth maps, at most. */
  readonly depthSize?: DepthSize | undefined;
  readonly signal?: AbortSignal | undefined;
}
