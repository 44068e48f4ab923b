/** A robust loss ρ of a squared error s, as Ceres defines them: ρ(s) ≈ s near 0, so that ½ Σ ρ(s) is a cost. */
export interface RobustLoss {
  /** ρ(s). */
  readonly value: (squared: number) => number;
  /** ρ'(s): what the error counts in the next step of reweighted least squares. */
  readonly weight: (squared: number) => number;
}

/** Huber's: squares up to `scale`, straight beyond it; one true minimum, and a plain sum of squares at infinity. */
export function huberLoss(scale: number): RobustLoss {
  const limit = scale * scale;
  return {
    value: (squared) => (squared <= limit ? squared : 2 * scale * Math.sqrt(squared) - limit),
    weight: (squared) => (squared <= limit ? 1 : scale / Math.sqrt(squared)),
  };
}
