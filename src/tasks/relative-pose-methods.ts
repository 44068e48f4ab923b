/**
 * `pnp`: PnP on the second pointmap of the more confident direction, as in the paper. `procrustes`: robust Procrustes
 * between the pointmaps of both directions, which needs no focal length. `consensus`: of PnP in either direction and
 * Procrustes the pose under which both second pointmaps reproject best.
 */
export type RelativePoseMethod = "consensus" | "pnp" | "procrustes";

/** All methods, the default first; `npm run bench -- relative-pose` compares them. */
export const RELATIVE_POSE_METHODS: readonly RelativePoseMethod[] = ["consensus", "pnp", "procrustes"];
