import type { PosedCamera } from "../rgbd/rgbd-view.ts";

/** A photo as stereo compares it: brightness and a camera, both at one size. */
export interface StereoView extends PosedCamera {
  /** `[height, width]`, 0 to 255. */
  readonly gray: Uint8Array;
}

/** A view at half its size, each pixel the mean of four; an odd last row or column is left out. */
export function halved({ width, height, gray, intrinsics, worldFromCam }: StereoView): StereoView {
  const size = { width: width >> 1, height: height >> 1 };
  const half = new Uint8Array(size.width * size.height);
  for (let y = 0, at = 0; y < size.height; y++) {
    for (let x = 0, from = 2 * y * width; x < size.width; x++, from += 2) {
      half[at++] = (gray[from]! + gray[from + 1]! + gray[from + width]! + gray[from + width + 1]! + 2) >> 2;
    }
  }
  const { fx, fy, cx, cy } = intrinsics;
  return {
    ...size,
    gray: half,
    intrinsics: { fx: fx / 2, fy: fy / 2, cx: (cx - 0.5) / 2, cy: (cy - 0.5) / 2 },
    worldFromCam,
  };
}
