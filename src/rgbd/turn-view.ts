import { turnIntrinsics, turnPose } from "../geometry/turn-camera.ts";
import type { PosedCamera, RgbdView } from "./rgbd-view.ts";

/** A view rotated counter-clockwise by quarters of a full turn: after one, what was at the right is on top. */
export function turnView(view: RgbdView, quarters: number): RgbdView {
  if (quarters <= 0) return view;
  const { width, height } = view;
  const camera = turnOnce(view);
  const rgb = new Uint8Array(view.rgb.length);
  const depth = new Float32Array(view.depth.length);
  for (let y = 0; y < camera.height; y++) {
    for (let x = 0; x < camera.width; x++) {
      const [to, from] = [y * camera.width + x, x * width + (width - 1 - y)];
      depth[to] = view.depth[from]!;
      for (let c = 0; c < 3; c++) rgb[3 * to + c] = view.rgb[3 * from + c]!;
    }
  }
  return turnView({ ...camera, width: height, height: width, rgb, depth }, quarters - 1);
}

/** The camera of a view that is rotated counter-clockwise by quarters of a full turn. */
export function turnCamera(camera: PosedCamera, quarters: number): PosedCamera {
  return quarters <= 0 ? camera : turnCamera(turnOnce(camera), quarters - 1);
}

function turnOnce({ width, height, intrinsics, worldFromCam }: PosedCamera): PosedCamera {
  return {
    width: height,
    height: width,
    intrinsics: turnIntrinsics(intrinsics, { width, height }),
    worldFromCam: turnPose(worldFromCam),
  };
}
