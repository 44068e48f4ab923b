/** How well a model explains the data. */
export interface Score {
  /** Sum over the data of a bounded error; less is better. */
  readonly cost: number;
  /** Inliers: data within the threshold. */
  readonly inliers: number;
  /** Data scored. */
  readonly count: number;
}

/**
 * What LO-RANSAC needs to know of a problem. Pose, homography or essential matrix: each is one estimator over one
 * minimal solver, and all share one search.
 */
export interface Estimator<Model> {
  /** Data a minimal sample needs. */
  readonly sampleSize: number;
  /** Data there are to draw from. */
  readonly count: number;
  /**
   * The models that fit a minimal sample, given as indices, exactly: none, one or several.
   * @param most models that cost as much are of no use, and may be left out
   */
  solve(sample: Int32Array, most?: number): readonly Model[];
  /** @param most a cost at which the model is of no use: from there on, data need not be counted */
  score(model: Model, most?: number): Score;
  /** The model after a non-linear refinement on the data it explains. */
  refine(model: Model): Model;
}
