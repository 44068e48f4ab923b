/** How a model was found and how much it explains. */
export interface Finding {
  /** Data there are. */
  readonly count: number;
  /** Those that the model explains. */
  readonly inliers: number;
  /** Data that fix a model, and that it therefore explains in any case. */
  readonly sampleSize: number;
  /** Probability that a wrong model explains a datum. */
  readonly byChance: number;
  /** Models that were tried. */
  readonly hypotheses: number;
}

/** Findings as good as this may be expected once in so many searches among data that mean nothing. */
const ACCEPTED_FALSE_ALARMS = 0.01;

/**
 * True when chance hardly explains a finding: the expected number of models that explain as many data among meaningless
 * ones (Moisan and Stival 2004, with Chernoff's bound for the binomial tail) is small.
 */
export function isBeyondChance(finding: Finding): boolean {
  return evidenceFor(finding) > 1;
}

/** The logarithm of how rarely chance explains as much, in units of what is asked of a finding: beyond 1, it is accepted. */
export function evidenceFor({ count, inliers, sampleSize, byChance, hypotheses }: Finding): number {
  const free = count - sampleSize;
  const share = (inliers - sampleSize) / free;
  if (!(share > byChance)) return 0;
  const surprise = free * (share * Math.log(share / byChance) + complement(share, byChance));
  return surprise / (Math.log(hypotheses) - Math.log(ACCEPTED_FALSE_ALARMS));
}

function complement(share: number, byChance: number): number {
  return share < 1 ? (1 - share) * Math.log((1 - share) / (1 - byChance)) : 0;
}
