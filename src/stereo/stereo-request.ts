import type { DenseMap } from "../core/dense-scene.ts";
import type { Size } from "../core/size.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import type { ScoredPlanes } from "./patch-match.ts";
import type { NetworkDepth, StereoPhoto } from "./stereo-photo.ts";
import type { StereoView } from "./stereo-view.ts";

/** What a worker process of `estimateDepthMaps` is asked: each is about one photo and its sources. */
export type StereoRequest = LoadRequest | MatchRequest | ImproveRequest | AgreeRequest;

/** Answered by an `RgbImage`. */
export interface LoadRequest {
  readonly step: "load";
  readonly photo: StereoPhoto;
  readonly size: Size;
}

/** Photos and what is known of their depth beforehand. */
interface Problem {
  readonly reference: StereoView;
  readonly sources: readonly StereoView[];
  /** Already bent to triangulated points. */
  readonly network: NetworkDepth;
  readonly seed: string;
}

/** Answered by `ScoredPlanes`. */
export interface MatchRequest extends Problem {
  readonly step: "match";
}

/** Answered by `ScoredPlanes`. */
export interface ImproveRequest extends Problem {
  readonly step: "improve";
  readonly planes: ScoredPlanes;
  readonly planesOfSources: readonly ScoredPlanes[];
}

/** Answered by `AgreedDepth`. */
export interface AgreeRequest {
  readonly step: "agree";
  readonly reference: StereoView;
  readonly planes: ScoredPlanes;
  readonly network: NetworkDepth;
  readonly sources: readonly { readonly view: PosedCamera; readonly planes: ScoredPlanes }[];
}

/** A photo's depth, and where it is measured. */
export interface AgreedDepth {
  /** `[height, width]`: how many other photos agree. */
  readonly agreeing: Uint8Array;
  readonly map: DenseMap;
}
