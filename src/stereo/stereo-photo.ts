import { decodeImage } from "#platform";
import type { Intrinsics, Pose } from "../core/camera.ts";
import type { DepthSize } from "../core/dense-scene.ts";
import type { Straightening } from "../core/lens.ts";
import type { Picture } from "../core/picture.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/size.ts";
import { originalIntrinsics, resizedMapping } from "../geometry/pixel-mapping.ts";
import { resample } from "../images/resample.ts";
import { straighten } from "../images/undistort.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import type { StereoView } from "./stereo-view.ts";

/** A registered photo, and what the network says of it. */
export interface StereoPhoto {
  readonly picture: Picture;
  /** Stereo is then of the photo with its lines made straight. */
  readonly straightening?: Straightening | undefined;
  /** Of the original photo. */
  readonly original: Size;
  /** In original pixels. */
  readonly intrinsics: Intrinsics;
  readonly worldFromCam: Pose;
  readonly network: NetworkDepth;
}

/** A photo's depth by the network, at a resolution of its own; it shows the same as the photo, to the edges. */
export interface NetworkDepth extends Size {
  /** `[height, width]`, z-depth in the unit of the poses; 0 where there is none. */
  readonly depth: Float32Array;
  /** `[height, width]`, at least 1. */
  readonly confidence: Float32Array;
}

/** The size at which a photo is looked at: its own, or less so that its long side has `longSide` pixels. */
export function stereoSize({ width, height }: Size, longSide: DepthSize): Size {
  const factor = longSide === "full" ? 1 : Math.min(1, longSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(factor * width)), height: Math.max(1, Math.round(factor * height)) };
}

/** A photo's camera at another size of its picture. */
export function resizedCamera({ intrinsics, worldFromCam, original }: StereoPhoto, size: Size): PosedCamera {
  const { width, height } = size;
  return { width, height, intrinsics: originalIntrinsics(intrinsics, resizedMapping(original, size)), worldFromCam };
}

/** Reads a photo at a size. Throws an `InputError` or `FormatError` that names the file. */
export async function loadStereoPicture(
  { picture, straightening }: Pick<StereoPhoto, "picture" | "straightening">,
  size: Size,
): Promise<RgbImage> {
  const decoded = await decodeImage(picture, { reducedTo: size });
  const photo = straightening ? straighten(decoded, straightening) : decoded;
  if (photo.width === size.width && photo.height === size.height) return photo;
  return { ...size, rgb: resample(photo, size, resizedMapping(size, photo)) };
}

/** A photo as stereo compares it. */
export function stereoView(photo: StereoPhoto, picture: RgbImage): StereoView {
  return { ...resizedCamera(photo, picture), gray: brightness(picture) };
}

/** The brightness of a picture `[height, width]`, with the weights of Rec. 709, 0 to 255. */
export function brightness({ width, height, rgb }: RgbImage): Uint8Array {
  const gray = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < gray.length; i++, at += 3) {
    gray[i] = Math.round(0.2126 * rgb[at]! + 0.7152 * rgb[at + 1]! + 0.0722 * rgb[at + 2]!);
  }
  return gray;
}
