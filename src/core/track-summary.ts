/** Statistics of a scene's tracks, to judge poses by where there is no ground truth. */
export interface TrackSummary {
  /** Points that two or more photos see. */
  readonly points: number;
  /** One for each photo. */
  readonly images: readonly ImageTrackSummary[];
  /** How many of the points two photos both see. */
  sharedPoints(image1: number, image2: number): number;
}

/** Statistics of one photo's tracks. */
export interface ImageTrackSummary {
  /** How many of the points it sees. */
  readonly points: number;
  /** Other photos with which it shares 15 points or more. */
  readonly connections: number;
  /** Mean distance, in pixels of the original, between where it has a point and where the point projects; null without points. */
  readonly reprojectionError: number | null;
  /** The median of these distances. */
  readonly medianError: number | null;
}
