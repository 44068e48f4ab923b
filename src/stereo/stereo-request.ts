import type { Size } from "../core/size.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import type { DenseMapParts } from "./dense-map.ts";
import type { ScoredPlanes } from "./patch-match.ts";
import type { NetworkDepth, StereoPhoto } from "./stereo-photo.ts";
import type { StereoView } from "./stereo-view.ts";

/** What `answerStereo` is asked: each is about one photo and its sources. */
export type StereoRequest = LoadRequest | MatchRequest | ImproveRequest | AgreeRequest | FillRequest;

/** Answered by an `RgbImage`. */
export interface LoadRequest {
  readonly step: "load";
  readonly photo: StereoPhoto;
  readonly size: Size;
}

/** Photos and what is known of their depth beforehand. */
export interface StereoProblem {
  readonly reference: StereoView;
  readonly sources: readonly StereoView[];
  /** Already bent to triangulated points. */
  readonly network: NetworkDepth;
  readonly seed: string;
}

/** Answered by `ScoredPlanes`. */
export interface MatchRequest extends StereoProblem {
  readonly step: "match";
}

/** Answered by `ScoredPlanes`. */
export interface ImproveRequest extends StereoProblem {
  readonly step: "improve";
  readonly planes: ScoredPlanes;
  readonly planesOfSources: readonly ScoredPlanes[];
}

/** Answered by `[height, width]`: how many other photos agree. */
export interface AgreeRequest {
  readonly step: "agree";
  readonly reference: StereoView;
  readonly planes: ScoredPlanes;
  readonly sources: readonly { readonly view: PosedCamera; readonly planes: ScoredPlanes }[];
}

/** Answered by a `DenseMap`. */
export interface FillRequest {
  readonly step: "fill";
  readonly parts: DenseMapParts;
}
