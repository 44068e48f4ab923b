import { FormatError } from "../../core/errors.ts";
import type { Distortion, Lens } from "../../core/lens.ts";
import { CAMERA_PARAMETERS } from "./camera-models.ts";
import type { ColmapCamera } from "./model.ts";
import { pinholeIntrinsics } from "./pinhole.ts";

const RADIAL = ["SIMPLE_RADIAL", "RADIAL", "OPENCV", "FULL_OPENCV"];
const FISHEYE = ["OPENCV_FISHEYE", "SIMPLE_RADIAL_FISHEYE", "RADIAL_FISHEYE"];
const PINHOLE = ["SIMPLE_PINHOLE", "PINHOLE"];

/** The lens of a COLMAP camera, pixel centers at integers; a `FormatError` for models that cannot be undistorted. */
export function colmapLens(camera: ColmapCamera, path: string): Lens {
  const { model, width, height } = camera;
  const intrinsics = pinholeIntrinsics(camera);
  if (intrinsics === undefined || ![...PINHOLE, ...RADIAL, ...FISHEYE].includes(model))
    throw new FormatError(path, `cameras of the model ${model} cannot be undistorted`);
  return { width, height, intrinsics, distortion: distortionOf(camera) };
}

function distortionOf({ model, params }: ColmapCamera): Distortion | undefined {
  if (PINHOLE.includes(model)) return undefined;
  const value = (name: string): number => params[CAMERA_PARAMETERS[model].indexOf(name)] ?? 0;
  const k = [value("k") + value("k1"), ...["k2", "k3", "k4", "k5", "k6"].map(value)];
  if (FISHEYE.includes(model)) return { model: "fisheye", k: k.slice(0, 4) };
  return { model: "radial", k, p: [value("p1"), value("p2")] };
}
