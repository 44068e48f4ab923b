/** What the tracks of a scene say of its photos: the numbers to judge poses by when there is no truth to compare with. */
export interface TrackSummary {
  /** Points that two or more photos see. */
  readonly points: number;
  /** One for each photo. */
  readonly images: readonly ImageTrackSummary[];
  /** How many of the points two photos both see. */
  sharedPoints(image1: number, image2: number): number;
}

/** What the tracks say of one photo. */
export interface ImageTrackSummary {
  /** How many of the points it sees. */
  readonly points: number;
  /** Other photos with which it shares 15 points or more. */
  readonly connections: number;
  /** Mean distance, in pixels of the original, between where it has a point and where the point projects; null without points. */
  readonly reprojectionError: number | null;
}
