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
