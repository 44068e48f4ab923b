import { encodeNpz } from "../formats/npz.ts";
import type { PhotoCamera } from "./checked-view.ts";

/**
 * The `.npz` beside a prepared photo, as `readNpzCamera` reads it.
 * @param pose what the set calls the world-from-camera matrix
 */
export function encodeCamera(
  pose: "camera_pose" | "cam2world",
  { intrinsics: { fx, fy, cx, cy }, worldFromCam }: PhotoCamera,
  more: Readonly<Record<string, number>> = {},
): Uint8Array {
  const numbers = Object.entries(more).map(([name, value]) => [name, { shape: [], data: Float64Array.of(value) }]);
  return encodeNpz({
    [pose === "cam2world" ? "intrinsics" : "camera_intrinsics"]: {
      shape: [3, 3],
      data: Float64Array.of(fx, 0, cx, 0, fy, cy, 0, 0, 1),
    },
    [pose]: { shape: [4, 4], data: worldFromCam },
    ...Object.fromEntries(numbers),
  });
}
