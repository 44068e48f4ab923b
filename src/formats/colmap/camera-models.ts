/** COLMAP's camera models. */
export type ColmapCameraModel =
  | "SIMPLE_PINHOLE"
  | "PINHOLE"
  | "SIMPLE_RADIAL"
  | "RADIAL"
  | "OPENCV"
  | "OPENCV_FISHEYE"
  | "FULL_OPENCV"
  | "FOV"
  | "SIMPLE_RADIAL_FISHEYE"
  | "RADIAL_FISHEYE"
  | "THIN_PRISM_FISHEYE"
  | "RAD_TAN_THIN_PRISM_FISHEYE"
  | "SIMPLE_DIVISION"
  | "DIVISION"
  | "SIMPLE_FISHEYE"
  | "FISHEYE"
  | "EUCM"
  | "EQUIRECTANGULAR";

/** The parameters of each model in their order; the models in the order of their numbers in binary files. */
export const CAMERA_PARAMETERS: Readonly<Record<ColmapCameraModel, readonly string[]>> = {
  SIMPLE_PINHOLE: ["f", "cx", "cy"],
  PINHOLE: ["fx", "fy", "cx", "cy"],
  SIMPLE_RADIAL: ["f", "cx", "cy", "k"],
  RADIAL: ["f", "cx", "cy", "k1", "k2"],
  OPENCV: ["fx", "fy", "cx", "cy", "k1", "k2", "p1", "p2"],
  OPENCV_FISHEYE: ["fx", "fy", "cx", "cy", "k1", "k2", "k3", "k4"],
  FULL_OPENCV: ["fx", "fy", "cx", "cy", "k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6"],
  FOV: ["fx", "fy", "cx", "cy", "omega"],
  SIMPLE_RADIAL_FISHEYE: ["f", "cx", "cy", "k"],
  RADIAL_FISHEYE: ["f", "cx", "cy", "k1", "k2"],
  THIN_PRISM_FISHEYE: ["fx", "fy", "cx", "cy", "k1", "k2", "p1", "p2", "k3", "k4", "sx1", "sy1"],
  // biome-ignore format: one line
  RAD_TAN_THIN_PRISM_FISHEYE: ["fx", "fy", "cx", "cy", "k0", "k1", "k2", "k3", "k4", "k5", "p0", "p1", "s0", "s1", "s2", "s3"],
  SIMPLE_DIVISION: ["f", "cx", "cy", "k"],
  DIVISION: ["fx", "fy", "cx", "cy", "k"],
  SIMPLE_FISHEYE: ["f", "cx", "cy"],
  FISHEYE: ["fx", "fy", "cx", "cy"],
  EUCM: ["fx", "fy", "cx", "cy", "alpha", "beta"],
  EQUIRECTANGULAR: ["w", "h"],
};

/** The models by their numbers in binary files. */
export const CAMERA_MODELS: readonly ColmapCameraModel[] = Object.keys(CAMERA_PARAMETERS) as ColmapCameraModel[];

/** True for the name of a camera model. */
export function isCameraModel(name: string): name is ColmapCameraModel {
  return Object.hasOwn(CAMERA_PARAMETERS, name);
}
