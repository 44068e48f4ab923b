/** A point of the scene that photos agree on. */
export interface TrackPoint {
  /** In the world. */
  readonly point: readonly [x: number, y: number, z: number];
  /** Two or more, each in another photo. */
  readonly observations: readonly TrackObservation[];
}

/** Where a photo sees a point. */
export interface TrackObservation {
  /** Index of the photo. */
  readonly image: number;
  /** The nearest pixel, as an index into the photo. */
  readonly pixel: number;
  /** Network pixels. */
  readonly x: number;
  readonly y: number;
  /** Network pixels between here and where the point projects. */
  readonly error: number;
}
