import { bytesFromBase64 } from "../core/base64.ts";
import { depthOfCode, gridPixel, type ReportCloud } from "../export/report-data.ts";

/** `[grid.height, grid.width, 3]`: the point of every sample in the world frame (OpenCV axes); the camera where there is no depth. */
export function samplePoints(
  { grid, step, intrinsics, world_from_cam: m }: ReportCloud,
  depth: Float32Array,
): Float32Array {
  const points = new Float32Array(3 * depth.length);
  for (let i = 0; i < depth.length; i++) {
    const z = depth[i]!;
    const x = ((gridPixel(i % grid.width, step) - intrinsics.cx) / intrinsics.fx) * z;
    const y = ((gridPixel(Math.floor(i / grid.width), step) - intrinsics.cy) / intrinsics.fy) * z;
    for (let k = 0; k < 3; k++)
      points[3 * i + k] = m[4 * k]! * x + m[4 * k + 1]! * y + m[4 * k + 2]! * z + m[4 * k + 3]!;
  }
  return points;
}

/** The depth of every sample, 0 where there is none. */
export function sampleDepths({ grid, depth, depth_range }: ReportCloud): Float32Array {
  const codes = new DataView(bytesFromBase64(depth).buffer);
  const depths = new Float32Array(grid.width * grid.height);
  for (let i = 0; i < depths.length; i++) depths[i] = depthOfCode(codes.getUint16(2 * i, true), depth_range);
  return depths;
}
