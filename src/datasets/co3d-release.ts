import { decodeImage, joinPath, readBytes } from "#platform";
import type { Intrinsics, Pose } from "../core/camera.ts";
import { FormatError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";
import { parsePoseRows } from "../formats/camera-matrices.ts";
import { widenHalf } from "../formats/float16.ts";
import { decodePng16 } from "../formats/png16.ts";
import { invertRigid } from "../geometry/pose.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { checkedView, type DepthImage } from "./checked-view.ts";
import type { Co3dFrame, Co3dViewpoint } from "./co3d-annotations.ts";
import { readMask } from "./read-mask.ts";

/** A frame of the release, its mask beside it. */
export interface Co3dView {
  readonly view: RgbdView;
  /** `[height, width]`, from 0 for the background to 255 for the object. */
  readonly mask: Float32Array;
}

/** Reads a frame of the release. */
export async function readCo3dFrame(folder: string, { image, depth, mask, viewpoint }: Co3dFrame): Promise<Co3dView> {
  const photo = joinPath(folder, image.path);
  if (!viewpoint || !depth || !mask) {
    throw new FormatError(photo, "its annotation has no viewpoint, no depth or no mask");
  }
  const picture = await decodeImage(photo);
  const [height, width] = image.size;
  if (picture.width !== width || picture.height !== height) {
    throw new FormatError(
      photo,
      `found ${picture.width}x${picture.height} pixels; its annotation says ${width}x${height}`,
    );
  }
  const worldFromCam = invertRigid(openCvPose(viewpoint, photo));
  const intrinsics = openCvIntrinsics(viewpoint, picture, photo);
  const measured = await readHalfDepth(joinPath(folder, depth.path), depth.scale_adjustment);
  const known = depth.mask_path ? await maskedDepth(measured, joinPath(folder, depth.mask_path)) : measured;
  return {
    view: checkedView(picture, known, { intrinsics, worldFromCam }, photo),
    mask: await readMask(joinPath(folder, mask.path), picture),
  };
}

/** PyTorch3D multiplies rows, x_cam = x_world R + T, and has x to the left and y up. */
function openCvPose({ R, T }: Co3dViewpoint, where: string): Pose {
  const row = (sign: number, k: number): number[] => [...R.map((each) => sign * each[k]!), sign * T[k]!];
  return parsePoseRows([row(-1, 0), row(-1, 1), row(1, 2)], where);
}

/** Units are half of the shorter side, or, in older annotations, half of each side; the origin is the middle. */
function openCvIntrinsics(viewpoint: Co3dViewpoint, { width, height }: Size, where: string): Intrinsics {
  const { focal_length: focal, principal_point: center, intrinsics_format: format } = viewpoint;
  const half = Math.min(width, height) / 2;
  const [unitX, unitY] = format === "ndc_isotropic" ? [half, half] : [width / 2, height / 2];
  if (!(focal[0] > 0 && focal[1] > 0))
    throw new FormatError(where, `focal lengths of ${focal.join(" and ")} in its annotation`);
  return {
    fx: focal[0] * unitX,
    fy: focal[1] * unitY,
    cx: width / 2 - center[0] * unitX,
    cy: height / 2 - center[1] * unitY,
  };
}

/** The codes of the picture are the bits of halves. */
async function readHalfDepth(path: string, scale: number): Promise<DepthImage> {
  const { width, height, data } = decodePng16(await readBytes(path), path);
  return { width, height, depth: widenHalf(data).map((z) => z * scale) };
}

async function maskedDepth(image: DepthImage, path: string): Promise<DepthImage> {
  const mask = await readMask(path, image);
  return { ...image, depth: image.depth.map((z, i) => (mask[i]! > 0 ? z : 0)) };
}
