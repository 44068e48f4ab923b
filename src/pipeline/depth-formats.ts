/** The files that a depth map can be written as, the default first. NPZ and EXR hold the z-depth itself, in floats. */
export const DEPTH_FORMATS = ["png", "npz", "exr"] as const;

/** One of `DEPTH_FORMATS`. */
export type DepthFormat = (typeof DEPTH_FORMATS)[number];
