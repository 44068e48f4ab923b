/**
 * `dense`: pixels whose points the network puts at one place, as in the paper. `features`: local features that look alike and
 * agree on one relative pose; fewer, and to a fraction of a pixel. The default first.
 */
export const MATCH_METHODS = ["dense", "features"] as const;

/** One of `MATCH_METHODS`. */
export type MatchMethod = (typeof MATCH_METHODS)[number];
