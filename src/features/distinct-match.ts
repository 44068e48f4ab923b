/** Which matches count. */
export interface MatchOptions {
  /** Most that the best's distance may be of the second best's (Lowe 2004, section 7.1). */
  readonly ratio?: number | undefined;
  /** Greatest distance of two descriptors, as unit vectors. */
  readonly maxDistance?: number | undefined;
}

export const MATCH_DEFAULTS = { ratio: 0.8, maxDistance: 0.7 } as const;

/** Squared length of a descriptor. */
const SQUARED_LENGTH = 512 ** 2;

/** Whether a dot product of descriptors is great enough beside the second greatest. */
export function isDistinct(best: number, second: number, ratio: number, maxDistance: number): boolean {
  const squared = squaredDistance(best);
  return squared <= maxDistance ** 2 && squared < ratio ** 2 * squaredDistance(second);
}

function squaredDistance(dot: number): number {
  return Math.max(0, 2 - (2 * dot) / SQUARED_LENGTH);
}
