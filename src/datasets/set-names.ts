/** The training sets' names on the command line, in the paper's order; the last one came later. */
export const SET_NAMES = [
  "habitat",
  "co3d",
  "scannetpp",
  "arkitscenes",
  "staticthings3d",
  "megadepth",
  "blendedmvs",
  "waymo",
  "wildrgbd",
] as const;

/** A training set's name on the command line. */
export type SetName = (typeof SET_NAMES)[number];

/** The training sets whose releases must be prepared; the others are read as they are released, or rendered. */
export const PREPARED_SET_NAMES = ["co3d", "scannetpp", "arkitscenes", "megadepth", "waymo"] as const;

/** The name of a training set whose release must be prepared. */
export type PreparedSetName = (typeof PREPARED_SET_NAMES)[number];
