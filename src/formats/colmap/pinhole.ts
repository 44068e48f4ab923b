import type { Intrinsics } from "../../core/camera.ts";
import { CAMERA_PARAMETERS } from "./camera-models.ts";
import type { ColmapCamera } from "./model.ts";

/**
 * A camera's focal lengths and principal point, in pixels with centers at integers. Distortion is left out. Undefined
 * for the one model that has no focal length (EQUIRECTANGULAR).
 */
export function pinholeIntrinsics({ model, params }: ColmapCamera): Intrinsics | undefined {
  const names = CAMERA_PARAMETERS[model];
  const value = (name: string): number | undefined => params[names.indexOf(name)];
  const [fx, fy] = [value("fx") ?? value("f"), value("fy") ?? value("f")];
  const [cx, cy] = [value("cx"), value("cy")];
  if (fx === undefined || fy === undefined || cx === undefined || cy === undefined) return undefined;
  return { fx, fy, cx: cx - 0.5, cy: cy - 0.5 };
}

/** The `PINHOLE` parameters of intrinsics whose pixel centers are at integers. */
export function pinholeParams({ fx, fy, cx, cy }: Intrinsics): number[] {
  return [fx, fy, cx + 0.5, cy + 0.5];
}
